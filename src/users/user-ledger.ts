import { type AnyColumn, and, asc, eq, gt, ne, or, type SQL, sql } from 'drizzle-orm'
import { apiKeys } from '../api-keys/tables.ts'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import type { Waiting } from '../notifications/task-workers.ts'
import { pairingApprovals } from '../pairing/tables.ts'
import { priorPasswords } from '../passwords/tables.ts'
import { changeSessions, endSessions } from '../sessions/session-statements.ts'
import { ssoIdentities } from '../sso/tables.ts'
import { batch } from '../storage/batch.ts'
import type { IdPage } from '../storage/list-pages.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { User } from './account.ts'
import type { Profile } from './kept-fields.ts'
import { othersAdminister } from './last-admin.ts'
import { users } from './tables.ts'
import type { UserChanges } from './user-settings.ts'
import { nameKeys } from './username.ts'

export interface UserFilter {
  siteId: number
  /** Part of a username or email address. */
  search?: string | undefined
  siteAdmin?: boolean | undefined
  disabled?: boolean | undefined
  authenticationMethod?: User['authenticationMethod'] | undefined
  ssoStrategyId?: number | undefined
  ids?: number[] | undefined
  where?: SQL | undefined
}

interface UserChange {
  event: CredentialEvent
  /** Revokes everything that is logged in, or only emailed codes, such as reset codes. */
  ends: 'everything' | 'codes' | null
  notice: Waiting | null
  /** Whether the user could administer the site afterwards. */
  administers: boolean
}

/** Merges in the statement itself, so that parallel changes are both kept. */
function merged(profile: Profile): SQL {
  return sql`json_patch(${users.profile}, ${JSON.stringify(profile)})`
}

/** The users of one region, as admins manage them. */
export class UserLedger extends RegionStore {
  /** Lists a site's users by id, without the first `skip`. */
  async list(filter: UserFilter, { after, skip, limit, order }: IdPage): Promise<User[]> {
    const { siteId, search, siteAdmin, disabled, ssoStrategyId, ids } = filter
    const { authenticationMethod: method } = filter
    const parts = search === undefined ? [] : [...nameKeys(search), search]
    // Not LIKE: D1 takes patterns of 50 bytes at most.
    const holds = (column: AnyColumn) => parts.map((part) => sql`instr(${column}, ${part}) > 0`)
    return this.db
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
    const [found] = await this.db
      .select()
      .from(users)
      .where(and(eq(users.id, id), eq(users.siteId, siteId)))
    return found ?? null
  }

  /**
   * Changes a user and revokes what the change ends, in one batch: another strategy removes their links by all
   * others, another password the previous ones.
   * @returns `last-admin` if the site would have no admin left
   */
  async change(
    { id, siteId }: User,
    changes: UserChanges,
    { event, ends, notice, administers }: UserChange,
  ): Promise<'changed' | 'last-admin' | 'gone'> {
    const may = administers ? sql`1` : othersAdminister({ id, siteId })
    const exists = sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND site_id = ${siteId}) AND ${may}`
    const { profile } = changes
    const version = ends === null ? {} : { credentialVersion: sql`credential_version + 1` }
    const { known, changed } = await batch(this.database, {
      known: this.db.select({ id: users.id }).from(users).where(eq(users.id, id)),
      recorded: recordEvent(this.db, event, exists),
      noticed: notice?.outbox.insertion(notice.task, exists) ?? null,
      kept: ends === 'codes' ? this.#keepSessions(id, exists) : null,
      changed: this.db
        .update(users)
        .set({ ...changes, ...version, ...(profile && { profile: merged(profile) }) })
        .where(sql`id = ${id} AND ${exists}`)
        .returning({ id: users.id }),
      ended: ends === 'everything' ? this.#deleteEnded(id) : null,
      unlinked: changes.ssoStrategyId === undefined ? null : this.#unlinkOthers(id, event),
      forgotten: changes.passwordHash === null ? this.#forgetPriorPasswords(id) : null,
    })
    if (changed.length === 1) return 'changed'
    return known.length === 0 ? 'gone' : 'last-admin'
  }

  async remove(
    { id, siteId }: User,
    event: CredentialEvent,
  ): Promise<'removed' | 'last-admin' | 'gone'> {
    const may = othersAdminister({ id, siteId })
    const own = sql`user_id = ${id} AND ${may}`
    const { known, removed } = await batch(this.database, {
      known: this.db.select({ id: users.id }).from(users).where(eq(users.id, id)),
      recorded: recordEvent(
        this.db,
        event,
        sql`EXISTS (SELECT 1 FROM users WHERE id = ${id}) AND ${may}`,
      ),
      sessions: endSessions(this.db, () => own),
      apiKeys: this.db.delete(apiKeys).where(own),
      approvals: this.db.delete(pairingApprovals).where(own),
      removed: this.db
        .delete(users)
        .where(sql`id = ${id} AND site_id = ${siteId} AND ${may}`)
        .returning({ id: users.id }),
      noted: this.forms.noting(
        sql`EXISTS (SELECT 1 FROM credential_events WHERE id = ${event.id})`,
      ),
    })
    if (removed.length === 1) return 'removed'
    return known.length === 0 ? 'gone' : 'last-admin'
  }

  /** Raises the credential version, which revokes every session and code, and deletes their rows. */
  async disable(userId: number, event: CredentialEvent): Promise<void> {
    const { db } = this
    await batch(this.database, {
      recorded: recordEvent(db, event, sql`1`),
      disabled: db
        .update(users)
        .set({ disabled: true, credentialVersion: sql`${users.credentialVersion} + 1` })
        .where(and(eq(users.id, userId), ne(users.disabled, true))),
      ended: this.#deleteEnded(userId),
    })
  }

  async enable(userId: number, event: CredentialEvent): Promise<void> {
    const { db } = this
    await batch(this.database, {
      recorded: recordEvent(db, event, sql`1`),
      enabled: db
        .update(users)
        .set({ disabled: false, enabledAt: event.at })
        .where(eq(users.id, userId)),
    })
  }

  /** Records another change of a user. */
  async record(event: CredentialEvent): Promise<void> {
    await recordEvent(this.db, event, sql`1`)
  }

  /** Runs before the version is raised, so that sessions continue with the next one. */
  #keepSessions(userId: number, condition: SQL) {
    return changeSessions(
      this.db,
      { credentialVersion: sql`credential_version + 1` },
      () => sql`user_id = ${userId} AND ${condition} AND credential_version
        = (SELECT credential_version FROM users WHERE id = ${userId})`,
    )
  }

  /** Removes the user's links by other strategies, once the change is recorded. */
  #unlinkOthers(id: number, event: CredentialEvent) {
    return this.db.delete(ssoIdentities).where(
      sql`user_id = ${id} AND EXISTS (SELECT 1 FROM credential_events WHERE id = ${event.id})
        AND strategy_id IS NOT (SELECT sso_strategy_id FROM users WHERE id = ${id})`,
    )
  }

  /** Runs once the password itself is deleted. */
  #forgetPriorPasswords(userId: number) {
    return this.db.delete(priorPasswords).where(
      sql`user_id = ${userId} AND EXISTS (SELECT 1 FROM users
        WHERE id = ${userId} AND password_hash IS NULL)`,
    )
  }

  #deleteEnded(userId: number) {
    return endSessions(
      this.db,
      () => sql`user_id = ${userId} AND credential_version
        <> (SELECT credential_version FROM users WHERE id = ${userId})`,
    )
  }
}
