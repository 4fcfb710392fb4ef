import { type AnyColumn, and, asc, eq, gt, or, type SQL, sql } from 'drizzle-orm'
import { apiKeys } from '../api-keys/tables.ts'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import type { Waiting } from '../notifications/task-workers.ts'
import { pairingApprovals } from '../pairing/tables.ts'
import { priorPasswords } from '../passwords/tables.ts'
import { changeSessions, endSessions } from '../sessions/in-both-tables.ts'
import { ssoIdentities } from '../sso/tables.ts'
import { batch } from '../storage/batch.ts'
import type { IdPage } from '../storage/pages-of-ids.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { SentForms } from '../storage/sent-forms.ts'
import type { User } from './account.ts'
import type { Profile } from './kept-fields.ts'
import { othersAdminister } from './last-admin.ts'
import { users } from './tables.ts'
import type { UserChanges } from './user-settings.ts'
import { nameKeys } from './username.ts'

/** Which users of a site are asked for. */
export interface UserFilter {
  siteId: number
  /** Part of a username or an address. */
  search?: string | undefined
  siteAdmin?: boolean | undefined
  disabled?: boolean | undefined
  authenticationMethod?: User['authenticationMethod'] | undefined
  ssoStrategyId?: number | undefined
  ids?: number[] | undefined
  /** What else holds of them. */
  where?: SQL | undefined
}

/** What goes with a change of a user. */
interface UserChange {
  event: CredentialEvent
  /** Whatever it is logged in by; or only what mails carried, such as reset codes. */
  ends: 'everything' | 'codes' | null
  notice: Waiting | null
  /** Whether the user could administer the site afterwards. */
  administers: boolean
}

/** Merged by the statement itself: two changes at the same time are both kept. */
function merged(profile: Profile): SQL {
  return sql`json_patch(${users.profile}, ${JSON.stringify(profile)})`
}

/** The users of one region, as their admins manage them. */
export class UserLedger {
  readonly #database: ReplicatedDatabase
  readonly #forms: SentForms

  constructor(database: ReplicatedDatabase, forms: SentForms) {
    this.#database = database
    this.#forms = forms
  }

  /** A site's users in the order of their ids, `skip` of them left out. */
  async list(filter: UserFilter, { after, skip, limit, order }: IdPage): Promise<User[]> {
    const { siteId, search, siteAdmin, disabled, ssoStrategyId, ids } = filter
    const { authenticationMethod: method } = filter
    const parts = search === undefined ? [] : [...nameKeys(search), search]
    // Not LIKE: D1 takes patterns of 50 bytes at most.
    const holds = (column: AnyColumn) => parts.map((part) => sql`instr(${column}, ${part}) > 0`)
    return this.#database.primary
      .select()
      .from(users)
      .where(
        and(
          eq(users.siteId, siteId),
          gt(users.id, after),
          filter.where,
          or(...[users.usernameKey, users.emailKey, users.email].flatMap(holds)),
          siteAdmin === undefined ? undefined : eq(users.siteAdmin, siteAdmin),
          disabled === undefined ? undefined : eq(users.disabled, disabled),
          method === undefined ? undefined : eq(users.authenticationMethod, method),
          ssoStrategyId === undefined ? undefined : eq(users.ssoStrategyId, ssoStrategyId),
          ids === undefined
            ? undefined
            : sql`${users.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
        ),
      )
      .orderBy(order ?? asc(users.id))
      .limit(limit)
      .offset(skip)
  }

  async find(id: number, siteId: number): Promise<User | null> {
    const [found] = await this.#database.primary
      .select()
      .from(users)
      .where(and(eq(users.id, id), eq(users.siteId, siteId)))
    return found ?? null
  }

  /**
   * Changes a user, with what ends by it, in one batch: with another strategy, its links by all others; with
   * the password, those before it.
   * @returns `last-admin` where the site would be left without one
   */
  async change(
    { id, siteId }: User,
    changes: UserChanges,
    { event, ends, notice, administers }: UserChange,
  ): Promise<'changed' | 'last-admin' | 'gone'> {
    const db = this.#database.primary
    const may = administers ? sql`1` : othersAdminister({ id, siteId })
    const isThere = sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND site_id = ${siteId}) AND ${may}`
    const { profile } = changes
    const version = ends === null ? {} : { credentialVersion: sql`credential_version + 1` }
    const { known, changed } = await batch(this.#database, {
      known: db.select({ id: users.id }).from(users).where(eq(users.id, id)),
      recorded: recordEvent(db, event, isThere),
      noticed: notice?.outbox.insertion(notice.task, isThere) ?? null,
      kept: ends === 'codes' ? this.#keepSessions(id, isThere) : null,
      changed: db
        .update(users)
        .set({ ...changes, ...version, ...(profile && { profile: merged(profile) }) })
        .where(sql`id = ${id} AND ${isThere}`)
        .returning({ id: users.id }),
      ended: ends === 'everything' ? this.#deleteEnded(id) : null,
      unlinked: changes.ssoStrategyId === undefined ? null : this.#unlinkOthers(id, event),
      forgotten: changes.passwordHash === null ? this.#forgetPriorPasswords(id) : null,
    })
    if (changed.length === 1) return 'changed'
    return known.length === 0 ? 'gone' : 'last-admin'
  }

  /** Deletes a user with all that is its own, at once. */
  async remove(
    { id, siteId }: User,
    event: CredentialEvent,
  ): Promise<'removed' | 'last-admin' | 'gone'> {
    const db = this.#database.primary
    const may = othersAdminister({ id, siteId })
    const own = sql`user_id = ${id} AND ${may}`
    const { known, removed } = await batch(this.#database, {
      known: db.select({ id: users.id }).from(users).where(eq(users.id, id)),
      recorded: recordEvent(
        db,
        event,
        sql`EXISTS (SELECT 1 FROM users WHERE id = ${id}) AND ${may}`,
      ),
      sessions: endSessions(db, () => own),
      apiKeys: db.delete(apiKeys).where(own),
      approvals: db.delete(pairingApprovals).where(own),
      removed: db
        .delete(users)
        .where(sql`id = ${id} AND site_id = ${siteId} AND ${may}`)
        .returning({ id: users.id }),
      noted: this.#forms.noting(
        sql`EXISTS (SELECT 1 FROM credential_events WHERE id = ${event.id})`,
      ),
    })
    if (removed.length === 1) return 'removed'
    return known.length === 0 ? 'gone' : 'last-admin'
  }

  /** Records what was done to a user otherwise. */
  async record(event: CredentialEvent): Promise<void> {
    await recordEvent(this.#database.primary, event, sql`1`)
  }

  /** Before the version is raised: sessions go on with the next one. */
  #keepSessions(userId: number, condition: SQL) {
    return changeSessions(
      this.#database.primary,
      { credentialVersion: sql`credential_version + 1` },
      () => sql`user_id = ${userId} AND ${condition} AND credential_version
        = (SELECT credential_version FROM users WHERE id = ${userId})`,
    )
  }

  /** Who a user is by other strategies than the one that is named now, once that change is recorded. */
  #unlinkOthers(id: number, event: CredentialEvent) {
    return this.#database.primary.delete(ssoIdentities).where(
      sql`user_id = ${id} AND EXISTS (SELECT 1 FROM credential_events WHERE id = ${event.id})
        AND strategy_id IS NOT (SELECT sso_strategy_id FROM users WHERE id = ${id})`,
    )
  }

  /** Once the password itself is deleted. */
  #forgetPriorPasswords(userId: number) {
    return this.#database.primary.delete(priorPasswords).where(
      sql`user_id = ${userId} AND EXISTS (SELECT 1 FROM users
        WHERE id = ${userId} AND password_hash IS NULL)`,
    )
  }

  #deleteEnded(userId: number) {
    return endSessions(
      this.#database.primary,
      () => sql`user_id = ${userId} AND credential_version
        <> (SELECT credential_version FROM users WHERE id = ${userId})`,
    )
  }
}
