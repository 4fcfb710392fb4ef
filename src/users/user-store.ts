import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { type CredentialEvent, recordEvent } from '../history/credential-event.ts'
import { Problem } from '../platform/problem.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { sites } from '../sites/tables.ts'
import { type Account, accountColumns } from './account.ts'
import { users } from './tables.ts'

export type Statement = BatchItem<'sqlite'>
export type NewUser = typeof users.$inferInsert

/** The users of one region. */
export class UserStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  async nameIsTaken(usernameKey: string): Promise<boolean> {
    const found = await this.#database.primary
      .select({ id: users.id })
      .from(users)
      .where(eq(users.usernameKey, usernameKey))
    return found.length > 0
  }

  async named(usernameKey: string): Promise<Account | null> {
    const [found] = await this.#selectAccounts().where(eq(users.usernameKey, usernameKey))
    return found ?? null
  }

  async withId(id: number): Promise<Account | null> {
    const [found] = await this.#selectAccounts().where(eq(users.id, id))
    return found ?? null
  }

  /** @throws {Problem} user-not-found, whether it is another site's or nobody's */
  async expectOf(siteId: number, id: number): Promise<void> {
    const found = await this.#database.primary
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, id), eq(users.siteId, siteId)))
    if (found.length === 0) throw new Problem('not-found/user-not-found')
  }

  /** Up to `limit` users of one site or of all, in the order of their ids. */
  async list(asked: { siteId: number | null; afterId: number; limit: number }): Promise<Account[]> {
    const ofSite = asked.siteId === null ? undefined : eq(users.siteId, asked.siteId)
    return this.#selectAccounts()
      .where(and(ofSite, gt(users.id, asked.afterId)))
      .orderBy(asc(users.id))
      .limit(asked.limit)
  }

  #selectAccounts() {
    return this.#database.primary
      .select(accountColumns)
      .from(users)
      .innerJoin(sites, eq(sites.id, users.siteId))
  }

  /**
   * @param alongside what is inserted with the user, or not at all
   * @throws {UniqueViolation} when the name is taken in this region, or something alongside is there
   */
  async insert(
    user: NewUser,
    event: CredentialEvent | null,
    alongside: Statement[] = [],
  ): Promise<void> {
    const db = this.#database.primary
    const inserted = db.insert(users).values(user)
    const recorded = event ? [recordEvent(db, event, sql`1`)] : []
    await db.batch([inserted, ...recorded, ...alongside])
  }

  async setLanguage(id: number, language: string): Promise<void> {
    await this.#database.primary.update(users).set({ language }).where(eq(users.id, id))
  }

  async remove(id: number): Promise<void> {
    await this.#database.primary.delete(users).where(eq(users.id, id))
  }
}
