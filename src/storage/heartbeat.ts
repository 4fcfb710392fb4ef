import { sql } from 'drizzle-orm'
import { type Clock, SECOND } from './clock.ts'
import type { ReplicatedDatabase } from './regional-database.ts'
import { heartbeat } from './tables.ts'

/** A replica with an older beat is not used, which limits how late a revocation takes effect. */
const STALENESS_BOUND_MS = 120 * SECOND

/** Selects the beat inside another statement, which costs no round trip. */
export const beatAt = sql<number | null>`(SELECT beat_at FROM heartbeat WHERE id = 1)`.as('beat_at')

export function isStale(beatAt: number | null, now: number): boolean {
  return beatAt === null || now - beatAt > STALENESS_BOUND_MS
}

/** Writes the beat. Called every minute in each region. */
export async function beat(database: ReplicatedDatabase, clock: Clock): Promise<void> {
  await database.primary
    .insert(heartbeat)
    .values({ id: 1, beatAt: clock() })
    .onConflictDoUpdate({ target: heartbeat.id, set: { beatAt: clock() } })
}
