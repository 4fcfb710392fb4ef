import { and, eq, sql } from 'drizzle-orm'
import { batch } from '../storage/batch.ts'
import type { KeyValueStore } from '../storage/guarded-storage.ts'
import { insertFrom } from '../storage/insert-from.ts'
import { keyValueTable } from '../storage/key-value-table.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import { APPROVAL_LIFETIME_MS, MOST_NETWORKS } from './pairing-key.ts'
import { pairingKeys, pairingPollers } from './tables.ts'

type PairingKeyRow = typeof pairingKeys.$inferSelect

/**
 * Says where the approval of a pairing key is: in KV, readable from any location, and in a row of the region that the
 * digest selects, because KV caches a "missing" for a minute near a device that polls before the approval.
 */
export class PairingPointer {
  readonly #kv: KeyValueStore
  readonly #database: ReplicatedDatabase

  /** @param database of the region that the digest selects */
  constructor(kv: KeyValueStore, database: ReplicatedDatabase) {
    this.#kv = kv
    this.#database = database
  }

  /** The code of the approval's region according to KV; null if KV does not know it, or fails. */
  async remembered(digest: string): Promise<number | null> {
    const text = await this.#kv.get(keyValueTable.pairing(digest)).catch(() => null)
    return text === null ? null : Number(text)
  }

  /** Stores the first poller of a network, and returns what is known of the key. */
  async polled(
    digest: string,
    { network, poller }: { network: string; poller: string },
    { now, expiresAt }: { now: number; expiresAt: number },
  ): Promise<PairingKeyRow | null> {
    const db = this.#database.primary
    const { known } = await batch(this.#database, {
      begun: db.insert(pairingKeys).values({ digest, expiresAt }).onConflictDoNothing(),
      polled: insertFrom(
        db,
        pairingPollers,
        { digest: sql`digest`, network, poller },
        {
          from: sql`pairing_keys`,
          where: sql`digest = ${digest} AND NOT ended AND expires_at > ${now}
            AND (SELECT count(*) FROM pairing_pollers WHERE digest = ${digest}) < ${MOST_NETWORKS}`,
        },
      ).onConflictDoNothing(),
      known: db.select().from(pairingKeys).where(eq(pairingKeys.digest, digest)),
    })
    return known[0] ?? null
  }

  /** Returns what is known of a key, with its sealed pollers in order of arrival. */
  async find(digest: string): Promise<{ row: PairingKeyRow | null; pollers: string[] }> {
    const db = this.#database.primary
    const { known, pollers } = await batch(this.#database, {
      known: db.select().from(pairingKeys).where(eq(pairingKeys.digest, digest)),
      pollers: db
        .select({ poller: pairingPollers.poller })
        .from(pairingPollers)
        .where(eq(pairingPollers.digest, digest))
        .orderBy(sql`rowid`),
    })
    return { row: known[0] ?? null, pollers: pollers.map(({ poller }) => poller) }
  }

  /** Decides a key once: stores where its approval is, or that it is denied. False if it was decided before. */
  async decide(
    digest: string,
    { regionCode, now, expiresAt }: { regionCode: number | null; now: number; expiresAt: number },
  ): Promise<boolean> {
    const decision = { regionCode, ended: regionCode === null }
    const decided = await this.#database.primary
      .insert(pairingKeys)
      .values({ digest, expiresAt, ...decision })
      .onConflictDoUpdate({
        target: pairingKeys.digest,
        set: decision,
        setWhere: sql`${pairingKeys.regionCode} IS NULL AND NOT ${pairingKeys.ended}
          AND ${pairingKeys.expiresAt} > ${now}`,
      })
      .returning({ digest: pairingKeys.digest })
    return decided.length === 1
  }

  async remember(digest: string, regionCode: number): Promise<void> {
    const expirationTtl = APPROVAL_LIFETIME_MS / 1_000
    await this.#kv.put(keyValueTable.pairing(digest), String(regionCode), { expirationTtl })
  }

  /** Ends a key that was fetched. */
  async end(digest: string): Promise<void> {
    await this.#database.primary
      .update(pairingKeys)
      .set({ ended: true })
      .where(and(eq(pairingKeys.digest, digest), eq(pairingKeys.ended, false)))
    await this.#kv.delete(keyValueTable.pairing(digest))
  }
}
