import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { rowNeedsProvider } from '../login/policy.ts'
import { isStarted } from '../sessions/insert-session.ts'
import { endSessions } from '../sessions/session-statements.ts'
import { namesHostOf } from '../sites/host-statements.ts'
import { sites } from '../sites/tables.ts'
import { batch } from '../storage/batch.ts'
import { newId } from '../storage/ids.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { IdPage } from '../storage/list-pages.ts'
import type { Region } from '../storage/region.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { Consumption } from '../two-factor/consumption.ts'
import { type NotifiedChange, recordAndNotify } from '../two-factor/notified-change.ts'
import { type Account, accountColumns } from '../users/account.ts'
import { othersAdminister } from '../users/last-admin.ts'
import { users } from '../users/tables.ts'
import { nameKeys } from '../users/username.ts'
import type { Assertion, Person } from './assertion.ts'
import type { Strategy } from './strategy.ts'
import { ssoIdentities, ssoStrategies } from './tables.ts'

/** The link between a user and a person at an identity provider. */
export type Identity = typeof ssoIdentities.$inferSelect

/** Returns a new link. @param link with `at` in milliseconds since the Unix epoch */
export function newIdentity(
  region: Region,
  link: { userId: number; strategy: Strategy; assertion: Assertion; at: number },
): Identity {
  const { userId, strategy, assertion, at } = link
  const { issuer, subject, email } = assertion.person
  return {
    id: newId(region.code),
    siteId: strategy.siteId,
    strategyId: strategy.id,
    userId,
    issuer,
    subject,
    email,
    groups: JSON.stringify(assertion.groups),
    createdAt: at,
    lastUsedAt: at,
  }
}

export class IdentityStore extends RegionStore {
  async accountOf(
    siteId: number,
    { issuer, subject }: Pick<Person, 'issuer' | 'subject'>,
  ): Promise<Account | null> {
    const [found] = await this.db
      .select(accountColumns)
      .from(ssoIdentities)
      .innerJoin(users, eq(users.id, ssoIdentities.userId))
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(
        and(
          eq(ssoIdentities.siteId, siteId),
          eq(ssoIdentities.issuer, issuer),
          eq(ssoIdentities.subject, subject),
        ),
      )
    return found ?? null
  }

  /** The one account that may be linked to a person by email at their first login; null if there is none. */
  async linkable(issuer: string, strategy: Strategy, by: LinkByEmail): Promise<Account | null> {
    const [found] = await this.db
      .select(accountColumns)
      .from(users)
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(isLinkable(issuer, strategy, by))
    return found ?? null
  }

  /**
   * Links a person to a user, or confirms the link. It holds while the strategy is enabled and receives callbacks at
   * a host of its site and, for a new link, while the user still has the email address that the link rests on. An
   * incomplete list of groups leaves the stored groups as they are.
   */
  consumption(
    identity: Identity,
    strategy: Strategy,
    { linkedBy, groupsAreAll }: { linkedBy: LinkedBy; groupsAreAll: boolean },
  ): Consumption {
    const { userId, siteId, issuer, subject, lastUsedAt: at } = identity
    const isOn = sql`EXISTS (SELECT 1 FROM sso_strategies AS receiver
      WHERE receiver.id = ${strategy.id} AND receiver.enabled
        AND receiver.origin_name = ${strategy.originName}
        AND ${namesHostOf(sql`receiver.site_id`, sql`receiver.origin_name`)})`
    const maySay = sql`${isOn} AND ${mayLink(identity, strategy, linkedBy)}`
    return {
      statements: (condition) => [
        insertFrom(
          this.db,
          ssoIdentities,
          { ...identity, strategyId: strategy.id },
          { where: sql`${condition} AND ${maySay}` },
        ).onConflictDoUpdate({
          target: [ssoIdentities.siteId, ssoIdentities.issuer, ssoIdentities.subject],
          set: {
            email: identity.email,
            lastUsedAt: at,
            ...(groupsAreAll && { groups: identity.groups }),
          },
          setWhere: sql`${ssoIdentities.userId} = ${userId}`,
        }),
      ],
      isConsumed: sql`EXISTS (SELECT 1 FROM sso_identities AS own WHERE own.site_id = ${siteId}
        AND own.issuer = ${issuer} AND own.subject = ${subject}
        AND own.user_id = ${userId} AND own.last_used_at = ${at}) AND ${isOn}`,
    }
  }

  /** The statement that links a person to a user who is created in the same batch. */
  insertion(identity: Identity) {
    return this.db.insert(ssoIdentities).values(identity)
  }

  /** The statements that record a new link and notify the user. */
  recordLink(
    { id }: Identity,
    { sessionId, change }: { sessionId: number; change: NotifiedChange },
  ) {
    const isNew = sql`EXISTS (SELECT 1 FROM sso_identities WHERE id = ${id})
      AND ${isStarted(sessionId)}`
    return recordAndNotify(this.db, change, isNew)
  }

  /** The statements that make a user of this strategy a site admin, or take the role away. The last admin keeps it. */
  setAdmin(
    { userId: id, siteId }: Identity,
    { strategy, isAdmin, sessionId, event }: AdminByGroups,
  ) {
    const changes = sql`id = ${id} AND sso_strategy_id = ${strategy.id} AND site_admin <> ${isAdmin}
      AND ${isStarted(sessionId)}
      AND ${isAdmin ? sql`1` : othersAdminister({ id, siteId })}`
    return [
      recordEvent(this.db, event, sql`EXISTS (SELECT 1 FROM users WHERE ${changes})`),
      this.db.update(users).set({ siteAdmin: isAdmin }).where(changes),
    ]
  }

  /** The statement that records that a user keeps their role because the provider did not send groups. */
  recordMissingGroups(
    { userId: id }: Identity,
    { strategy, sessionId, event }: Omit<AdminByGroups, 'isAdmin'>,
  ) {
    const isOfStrategy = sql`EXISTS (SELECT 1 FROM users WHERE id = ${id}
        AND sso_strategy_id = ${strategy.id})
      AND ${isStarted(sessionId)}`
    return recordEvent(this.db, event, isOfStrategy)
  }

  /** Lists a user's identities by id, without the first `skip`. */
  async list(
    { userId, siteId }: { userId: number; siteId: number },
    { after, skip, limit }: IdPage,
  ): Promise<LabelledIdentity[]> {
    return this.#selectLabelled()
      .where(
        and(
          eq(ssoIdentities.userId, userId),
          eq(ssoIdentities.siteId, siteId),
          gt(ssoIdentities.id, after),
        ),
      )
      .orderBy(asc(ssoIdentities.id))
      .limit(limit)
      .offset(skip)
  }

  async find(id: number, siteId: number): Promise<LabelledIdentity | null> {
    const [found] = await this.#selectLabelled().where(
      and(eq(ssoIdentities.id, id), eq(ssoIdentities.siteId, siteId)),
    )
    return found ?? null
  }

  #selectLabelled() {
    return this.db
      .select({ identity: ssoIdentities, label: ssoStrategies.label })
      .from(ssoIdentities)
      .innerJoin(ssoStrategies, eq(ssoStrategies.id, ssoIdentities.strategyId))
  }

  /**
   * Removes a link and revokes the sessions that began by it. A user cannot remove their only way to log in; an admin
   * can.
   */
  async remove(
    { id, userId }: Identity,
    { isOwn, change }: { isOwn: boolean; change: NotifiedChange },
  ): Promise<'removed' | 'last-way-in' | 'gone'> {
    const exists = sql`EXISTS (SELECT 1 FROM sso_identities WHERE id = ${id})`
    const may = isOwn ? sql`${exists} AND ${hasOtherLogin({ id, userId })}` : exists
    const isRecorded = sql`EXISTS (SELECT 1 FROM credential_events WHERE id = ${change.event.id})`
    const begun = sql`(SELECT session_id FROM sso_sessions WHERE identity_id = ${id})`
    const { known, removed } = await batch(this.database, {
      known: this.db
        .select({ id: ssoIdentities.id })
        .from(ssoIdentities)
        .where(eq(ssoIdentities.id, id)),
      recorded: recordAndNotify(this.db, change, may),
      ended: endSessions(
        this.db,
        () => sql`(id IN ${begun} OR parent_id IN ${begun}) AND ${isRecorded}`,
      ),
      removed: this.db
        .delete(ssoIdentities)
        .where(sql`id = ${id} AND ${isRecorded}`)
        .returning({ id: ssoIdentities.id }),
    })
    if (removed.length === 1) return 'removed'
    return known.length === 0 ? 'gone' : 'last-way-in'
  }
}

/** How an email address links a person at their first login. */
export type LinkByEmail =
  /** The provider verified the address, and the user has verified it too. */
  | { kind: 'verified-address'; emailKey: string }
  /** An admin assigned the strategy and the address. */
  | { kind: 'invitation'; emailKey: string }

/** Why a person is a user. */
export type LinkedBy = { kind: 'identity' } | LinkByEmail

export interface LabelledIdentity {
  identity: Identity
  label: string
}

interface AdminByGroups {
  strategy: Strategy
  isAdmin: boolean
  sessionId: number
  event: CredentialEvent
}

/** Whether a user can log in by password or by another identity. */
function hasOtherLogin({ id, userId }: Pick<Identity, 'id' | 'userId'>): SQL {
  return sql`EXISTS (SELECT 1 FROM users WHERE users.id = ${userId}
    AND (NOT ${rowNeedsProvider()} OR EXISTS (SELECT 1 FROM sso_identities AS other
      JOIN sso_strategies ON sso_strategies.id = other.strategy_id AND enabled
        AND ${namesHostOf(sql`sso_strategies.site_id`, sql`sso_strategies.origin_name`)}
      WHERE other.user_id = users.id AND other.id <> ${id}
        AND coalesce(users.sso_strategy_id, other.strategy_id) = other.strategy_id)))`
}

function mayLink({ userId, siteId, issuer, subject }: Identity, strategy: Strategy, by: LinkedBy) {
  if (by.kind === 'identity')
    return sql`EXISTS (SELECT 1 FROM sso_identities AS known WHERE known.site_id = ${siteId}
      AND known.issuer = ${issuer} AND known.subject = ${subject} AND known.user_id = ${userId})`
  return sql`EXISTS (SELECT 1 FROM users WHERE users.id = ${userId}
    AND ${isLinkable(issuer, strategy, by)})`
}

/**
 * Whether the address belongs to exactly one user, who has no identity at this issuer yet. The provider may give an
 * address to another person later; the user stays linked to the first one.
 */
function isLinkable(
  issuer: string,
  { id, siteId }: Strategy,
  { kind, emailKey }: LinkByEmail,
): SQL {
  const keys = nameKeys(emailKey)
  const bearers =
    kind === 'invitation'
      ? sql`bearer.sso_strategy_id = ${id} AND bearer.email_key IN ${keys}`
      : sql`bearer.verified_email_key IN ${keys}`
  return sql`users.id = (SELECT min(bearer.id) FROM users AS bearer
      WHERE bearer.site_id = ${siteId} AND ${bearers} HAVING count(*) = 1)
    AND NOT EXISTS (SELECT 1 FROM sso_identities AS known
      WHERE known.user_id = users.id AND known.issuer = ${issuer})`
}
