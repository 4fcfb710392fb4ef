import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { type DatabaseHandle, guardDatabase } from './guarded-storage.ts'
import type { RoundTripMeter } from './round-trips.ts'

/** A D1 database or session, to build statements for and to run them on. */
export type Database = DrizzleD1Database & { $client: DatabaseHandle }

/**
 * A D1 database during one request. `nearest` may read from a replica that lags behind; `primary` has the newest
 * state and takes all writes.
 */
export interface ReplicatedDatabase {
  nearest: Database
  primary: Database
  /** The newest state that this request has seen or written; null if it read nothing. */
  bookmark(): string | null
}

/**
 * Opens a database by its binding. `store` is its name in counts and logs. Reads nearby are at least as new as the
 * bookmark.
 */
export function openDatabase(
  binding: D1Database,
  options: { store: string; meter: RoundTripMeter; bookmark?: string | undefined },
): ReplicatedDatabase {
  const { store, meter, bookmark } = options
  const nearestSession = once(() => binding.withSession(bookmark ?? 'first-unconstrained'))
  // `first-primary` promises the newest state for the first query only; a replica may answer later ones.
  const primarySession = () => binding.withSession('first-primary')
  let newest: string | null = null
  const open = (sessionOf: () => D1DatabaseSession, place: 'nearest' | 'primary') => {
    const visiting = async <T>(visit: (session: D1DatabaseSession) => Promise<T>): Promise<T> => {
      const session = sessionOf()
      try {
        return await visit(session)
      } finally {
        newest = newer(newest, session.getBookmark())
      }
    }
    return asDrizzle(guardDatabase(visiting, `${store}-${place}`, meter))
  }
  const nearest = once(() => open(nearestSession, 'nearest'))
  const primary = once(() => open(primarySession, 'primary'))
  return {
    get nearest() {
      return nearest()
    },
    get primary() {
      return primary()
    },
    bookmark: () => newest,
  }
}

/** D1's bookmarks sort by age, as text. */
function newer(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Drizzle can run on a D1 session, but its types accept only a database. */
function asDrizzle(handle: DatabaseHandle): Database {
  return drizzle(handle as D1Database)
}
