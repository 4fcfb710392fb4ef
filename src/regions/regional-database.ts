import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { guardDatabase } from '../platform/guarded-storage.ts'
import type { TripMeter } from '../platform/trips.ts'

/**
 * A D1 database for the length of one request. `nearest` may answer from a replica that lags behind;
 * `primary` always knows the newest state, and takes every write.
 */
export interface ReplicatedDatabase {
  nearest: DrizzleD1Database
  primary: DrizzleD1Database
}

/** Opens a database by its binding. `store` names it in counts and logs. */
export function openDatabase(
  binding: D1Database,
  store: string,
  meter: TripMeter,
): ReplicatedDatabase {
  const open = (constraint: D1SessionConstraint, place: string) =>
    asDrizzle(guardDatabase(binding.withSession(constraint), `${store}-${place}`, meter))
  let nearest: DrizzleD1Database | undefined
  let primary: DrizzleD1Database | undefined
  return {
    get nearest() {
      nearest ??= open('first-unconstrained', 'nearest')
      return nearest
    },
    get primary() {
      primary ??= open('first-primary', 'primary')
      return primary
    },
  }
}

/** Drizzle runs on a D1 session but types only the whole database. */
function asDrizzle(handle: ReturnType<typeof guardDatabase>): DrizzleD1Database {
  return drizzle(handle as D1Database)
}
