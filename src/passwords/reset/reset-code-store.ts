import { eq, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { KeyValueStore } from '../../storage/guarded-storage.ts'
import { insertFrom } from '../../storage/insert-from.ts'
import { keyValueTable } from '../../storage/key-value-table.ts'
import type { ReplicatedDatabase } from '../../storage/regional-database.ts'
import { resetCodes } from '../tables.ts'

export type ResetCodeRow = typeof resetCodes.$inferSelect

const record = z.object({
  userId: z.int(),
  credentialVersion: z.int(),
  mailedTo: z.string().nullable().default(null),
  expiresAt: z.int(),
})

/**
 * The reset codes of one region: in KV, readable from any location, and in D1 for locations where KV does not show a
 * new code yet. Neither decides whether a code is unused: the user's credential version does.
 */
export class ResetCodeStore {
  readonly #kv: KeyValueStore
  readonly #database: ReplicatedDatabase

  constructor(kv: KeyValueStore, database: ReplicatedDatabase) {
    this.#kv = kv
    this.#database = database
  }

  async remember({ digest, ...code }: ResetCodeRow, now: number): Promise<void> {
    const expirationTtl = Math.max(60, Math.ceil((code.expiresAt - now) / 1_000))
    await this.#kv.put(keyValueTable.resetCode(digest), JSON.stringify(code), { expirationTtl })
  }

  /** The statement that inserts a code, if the condition holds. */
  insertion(code: ResetCodeRow, condition: SQL = sql`1`) {
    return insertFrom(this.#database.primary, resetCodes, code, { where: condition })
  }

  /** Finds what a code belongs to. Does not check whether it was used or has expired. */
  async find(digest: string): Promise<Omit<ResetCodeRow, 'digest'> | null> {
    return (await this.#remembered(digest)) ?? (await this.#inserted(digest))
  }

  async #remembered(digest: string) {
    const text = await this.#kv.get(keyValueTable.resetCode(digest)).catch(() => null)
    return text === null ? null : record.parse(JSON.parse(text))
  }

  async #inserted(digest: string) {
    const [found] = await this.#database.primary
      .select()
      .from(resetCodes)
      .where(eq(resetCodes.digest, digest))
    return found ?? null
  }
}
