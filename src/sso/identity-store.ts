import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { sessions } from '../sessions/tables.ts'
import { namesHostOf } from '../sites/of-host.ts'
import { sites } from '../sites/tables.ts'
import { batch } from '../storage/batch.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { IdPage } from '../storage/pages-of-ids.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { Consumption } from '../two-factor/consumption.ts'
import { type FactorNews, recordAndNotify } from '../two-factor/factor-news.ts'
import { type Account, accountColumns } from '../users/account.ts'
import { othersAdminister } from '../users/last-admin.ts'
import { users } from '../users/tables.ts'
import { nameKeys } from '../users/username.ts'
import type { Identity, Person } from './identity.ts'
import type { Strategy } from './strategy.ts'
import { ssoIdentities, ssoStrategies } from './tables.ts'

/** Who the users of one region are at identity providers. */
export class IdentityStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /** The user of a site that has logged in as this person before. */
  async accountOf(
    siteId: number,
    { issuer, subject }: Pick<Person, 'issuer' | 'subject'>,
  ): Promise<Account | null> {
    const [found] = await this.#database.primary
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

  /** The one user that a person becomes by an address at the first login; null where there is none. */
  async linkable(issuer: string, strategy: Strategy, by: LinkByEmail): Promise<Account | null> {
    const [found] = await this.#database.primary
      .select(accountColumns)
      .from(users)
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(isLinkable(issuer, strategy, by))
    return found ?? null
  }

  /**
   * That a person of a provider is this user: known to be so before, or from now on. Holds while the strategy
   * is on and receives at an origin of its site, and for a link that is new, while the user has the address
   * that it rests on. Groups that are not all leave those that are kept as they are.
   */
  consumption(
    identity: Identity,
    strategy: Strategy,
    { linkedBy, groupsAreAll }: { linkedBy: LinkedBy; groupsAreAll: boolean },
  ): Consumption {
    const db = this.#database.primary
    const { userId, siteId, issuer, subject, lastUsedAt: at } = identity
    const isOn = sql`EXISTS (SELECT 1 FROM sso_strategies AS receiver
      WHERE receiver.id = ${strategy.id} AND receiver.enabled
        AND receiver.origin_name = ${strategy.originName}
        AND ${namesHostOf(sql`receiver.site_id`, sql`receiver.origin_name`)})`
    const maySay = sql`${isOn} AND ${mayLink(identity, strategy, linkedBy)}`
    return {
      statements: (condition) => [
        insertFrom(
          db,
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

  /** The statement that links a person to a user who is made with it. */
  insertion(identity: Identity) {
    return this.#database.primary.insert(ssoIdentities).values(identity)
  }

  /** The statements that record a link and tell its user of it, where it is new. */
  noteLink({ id }: Identity, { sessionId, news }: { sessionId: number; news: FactorNews }) {
    const isNew = sql`EXISTS (SELECT 1 FROM sso_identities WHERE id = ${id})
      AND EXISTS (SELECT 1 FROM sessions WHERE id = ${sessionId})`
    return recordAndNotify(this.#database.primary, news, isNew)
  }

  /** The statements that make a user of this strategy a site admin, or no longer; the last one stays. */
  setAdmin(
    { userId: id, siteId }: Identity,
    { strategy, isAdmin, sessionId, event }: AdminByGroups,
  ) {
    const db = this.#database.primary
    const changes = sql`id = ${id} AND sso_strategy_id = ${strategy.id} AND site_admin <> ${isAdmin}
      AND EXISTS (SELECT 1 FROM sessions WHERE id = ${sessionId})
      AND ${isAdmin ? sql`1` : othersAdminister({ id, siteId })}`
    return [
      recordEvent(db, event, sql`EXISTS (SELECT 1 FROM users WHERE ${changes})`),
      db.update(users).set({ siteAdmin: isAdmin }).where(changes),
    ]
  }

  /** The statement that records that a user's rights stay as they are, for its groups were not told. */
  noteGroupsNotTold(
    { userId: id }: Identity,
    { strategy, sessionId, event }: Omit<AdminByGroups, 'isAdmin'>,
  ) {
    const isOfStrategy = sql`EXISTS (SELECT 1 FROM users WHERE id = ${id}
        AND sso_strategy_id = ${strategy.id})
      AND EXISTS (SELECT 1 FROM sessions WHERE id = ${sessionId})`
    return recordEvent(this.#database.primary, event, isOfStrategy)
  }

  /** A user's identities in the order of their ids, `skip` of them left out. */
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
    return this.#database.primary
      .select({ identity: ssoIdentities, label: ssoStrategies.label })
      .from(ssoIdentities)
      .innerJoin(ssoStrategies, eq(ssoStrategies.id, ssoIdentities.strategyId))
  }

  /**
   * Takes a link back, and ends the sessions that began by it; not by a user itself that would have no other
   * way in.
   */
  async remove(
    { id, userId }: Identity,
    { isOwn, news }: { isOwn: boolean; news: FactorNews },
  ): Promise<'removed' | 'last-way-in' | 'gone'> {
    const db = this.#database.primary
    const isThere = sql`EXISTS (SELECT 1 FROM sso_identities WHERE id = ${id})`
    const may = isOwn ? sql`${isThere} AND ${hasOtherLogin({ id, userId })}` : isThere
    const isRecorded = sql`EXISTS (SELECT 1 FROM credential_events WHERE id = ${news.event.id})`
    const begun = sql`(SELECT session_id FROM sso_sessions WHERE identity_id = ${id})`
    const { known, removed } = await batch(this.#database, {
      known: db
        .select({ id: ssoIdentities.id })
        .from(ssoIdentities)
        .where(eq(ssoIdentities.id, id)),
      told: recordAndNotify(db, news, may),
      ended: db
        .delete(sessions)
        .where(sql`(id IN ${begun} OR parent_id IN ${begun}) AND ${isRecorded}`),
      removed: db
        .delete(ssoIdentities)
        .where(sql`id = ${id} AND ${isRecorded}`)
        .returning({ id: ssoIdentities.id }),
    })
    if (removed.length === 1) return 'removed'
    return known.length === 0 ? 'gone' : 'last-way-in'
  }
}

/** How a person is known by an address at the first login, who is nobody yet. */
export type LinkByEmail =
  /** One that the provider vouches for, and that is known to be the user's. */
  | { kind: 'verified-address'; emailKey: string }
  /** The admin named the strategy and the address. */
  | { kind: 'invitation'; emailKey: string }

/** What makes a person a user. */
export type LinkedBy = { kind: 'identity' } | LinkByEmail

/** An identity, with what its strategy is called. */
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

/** Whether a user may have a password, or comes in by another identity. */
function hasOtherLogin({ id, userId }: Pick<Identity, 'id' | 'userId'>): SQL {
  return sql`EXISTS (SELECT 1 FROM users WHERE users.id = ${userId}
    AND (authentication_method <> 'sso' OR EXISTS (SELECT 1 FROM sso_identities AS other
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
 * Whether a user is the only one that an address means, and is nobody there yet: an address may go to
 * another person at the provider, and the first one stays the user's.
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
