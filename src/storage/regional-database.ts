import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { guardDatabase } from './guarded-storage.ts'
import type { TripMeter } from './trips.ts'

/**
 * A D1 database for the length of one request. `nearest` may answer from a replica that lags behind;
 * `primary` always knows the newest state, and takes every write.
 */
export interface ReplicatedDatabase {
  nearest: DrizzleD1Database
  primary: DrizzleD1Database
  /** The state that this request has seen or made; null where it asked nothing. */
  bookmark(): string | null
}

/**
 * Opens a database by its binding. `store` names it in counts and logs; what is read nearby is at least
 * as new as the bookmark.
 */
export function openDatabase(
  binding: D1Database,
  { store, meter, bookmark }: { store: string; meter: TripMeter; bookmark?: string | undefined },
): ReplicatedDatabase {
  const opened: Partial<Record<'nearest' | 'primary', D1DatabaseSession>> = {}
  const open = (constraint: string, place: 'nearest' | 'primary') => {
    const session = binding.withSession(constraint)
    opened[place] = session
    return asDrizzle(guardDatabase(session, `${store}-${place}`, meter))
  }
  let nearest: DrizzleD1Database | undefined
  let primary: DrizzleD1Database | undefined
  return {
    get nearest() {
      nearest ??= open(bookmark ?? 'first-unconstrained', 'nearest')
      return nearest
    },
    get primary() {
      primary ??= open('first-primary', 'primary')
      return primary
    },
    bookmark: () => (opened.primary ?? opened.nearest)?.getBookmark() ?? null,
  }
}

/** Drizzle runs on a D1 session but types only the whole database. */
function asDrizzle(handle: ReturnType<typeof guardDatabase>): DrizzleD1Database {
  return drizzle(handle as D1Database)
}
