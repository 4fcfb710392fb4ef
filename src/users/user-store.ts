import { and, asc, eq, gt, inArray, ne, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { Problem } from '../http/problem.ts'
import { sites } from '../sites/tables.ts'
import { batch, type Statement } from '../storage/batch.ts'
import { isNullViolation } from '../storage/guarded-storage.ts'
import { RegionStore } from '../storage/region-store.ts'
import { type Account, accountColumns, type User } from './account.ts'
import { users } from './tables.ts'
import { isPlainAscii, nameKeys } from './username.ts'

export type NewUser = typeof users.$inferInsert

export class UserStore extends RegionStore {
  /** Whether a user has a name, under any of its keys. @param but a user who does not count */
  async nameIsTaken(name: string, but = 0): Promise<boolean> {
    const found = await this.db
      .select({ id: users.id })
      .from(users)
      .where(and(inArray(users.usernameKey, nameKeys(name)), ne(users.id, but)))
    return found.length > 0
  }

  /** Finds the user of a name, by its keys in order. */
  async named(name: string): Promise<Account | null> {
    const keys = nameKeys(name)
    const found = await this.#selectAccounts().where(inArray(users.usernameKey, keys))
    const inOrder = keys.map((key) => found.find(({ user }) => user.usernameKey === key))
    return inOrder.find((account) => account !== undefined) ?? null
  }

  async withId(id: number): Promise<Account | null> {
    const [found] = await this.#selectAccounts().where(eq(users.id, id))
    return found ?? null
  }

  /** @throws {Problem} user-not-found, also for users of another site */
  async expectOf(siteId: number, id: number): Promise<void> {
    const found = await this.db
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, id), eq(users.siteId, siteId)))
    if (found.length === 0) throw new Problem('not-found/user-not-found')
  }

  /** Returns up to `limit` users of one site or of all sites, in the order of their ids. */
  async list(input: { siteId: number | null; afterId: number; limit: number }): Promise<Account[]> {
    const ofSite = input.siteId === null ? undefined : eq(users.siteId, input.siteId)
    return this.#selectAccounts()
      .where(and(ofSite, gt(users.id, input.afterId)))
      .orderBy(asc(users.id))
      .limit(input.limit)
  }

  #selectAccounts() {
    return this.db.select(accountColumns).from(users).innerJoin(sites, eq(sites.id, users.siteId))
  }

  /**
   * @param alongside what is inserted with the user, or not at all
   * @returns `looks-alike` if the name is not plain ASCII and looks like another name of the site
   * @throws {UniqueViolation} if the name, or something alongside, exists in this region
   */
  async insert(
    user: NewUser,
    event: CredentialEvent | null,
    alongside: Statement[] = [],
  ): Promise<'inserted' | 'looks-alike'> {
    const usernameKey = isPlainAscii(user.username) ? user.usernameKey : unlessLookAlike(user)
    try {
      await batch(this.database, {
        inserted: this.db.insert(users).values({ ...user, usernameKey }),
        recorded: event ? recordEvent(this.db, event, sql`1`) : null,
        alongside,
      })
      return 'inserted'
    } catch (error) {
      if (isNullViolation(error)) return 'looks-alike'
      throw error
    }
  }

  /** Gives a name the present form of its key, if it still has the former. @throws {UniqueViolation} */
  async setUsernameKey(
    { id, usernameKey: former }: Pick<User, 'id' | 'usernameKey'>,
    usernameKey: string,
  ): Promise<boolean> {
    const changed = await this.db
      .update(users)
      .set({ usernameKey })
      .where(and(eq(users.id, id), eq(users.usernameKey, former)))
      .returning({ id: users.id })
    return changed.length === 1
  }

  async setLanguage(id: number, language: string): Promise<void> {
    await this.db.update(users).set({ language }).where(eq(users.id, id))
  }

  async remove(id: number): Promise<void> {
    await this.db.delete(users).where(eq(users.id, id))
  }
}

/**
 * The key of a name, or NULL if a user of the site has a name that looks the same. A NULL key makes the insertion of
 * the user and of everything alongside fail. The insertion itself decides, so that only one of two look-alikes is
 * created.
 */
function unlessLookAlike({ siteId, usernameKey, usernameSkeleton }: NewUser): SQL<string> {
  return sql`CASE WHEN EXISTS (SELECT 1 FROM users AS other WHERE other.site_id = ${siteId}
    AND other.username_skeleton = ${usernameSkeleton}) THEN NULL ELSE ${usernameKey} END`
}
