import { and, eq, inArray, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { isKeyActive } from '../../api-keys/api-key.ts'
import { rowMayUse } from '../../login/policy.ts'
import { isTask, type Outbox, type Task } from '../../notifications/outbox.ts'
import type { TaskContent } from '../../notifications/task-kinds.ts'
import { sites } from '../../sites/tables.ts'
import { batch } from '../../storage/batch.ts'
import type { ReplicatedDatabase } from '../../storage/regional-database.ts'
import type { SentForms } from '../../storage/sent-forms.ts'
import { type Account, accountColumns } from '../../users/account.ts'
import { users } from '../../users/tables.ts'
import { nameKeys } from '../../users/username.ts'
import type { ResetCodeRow, ResetCodeStore } from './reset-code-store.ts'

/** The most users that one request finds by an address. */
const MOST_USERS = 20
/** The same per site, on hosts that belong to no single site. */
const MOST_USERS_OF_SITE = 5

/** The password resets of one region, at its primary. */
export class ResetLedger {
  readonly #database: ReplicatedDatabase
  readonly #codes: ResetCodeStore
  readonly #outbox: Outbox
  readonly #forms: SentForms

  constructor(
    database: ReplicatedDatabase,
    codes: ResetCodeStore,
    { outbox, forms }: { outbox: Outbox; forms: SentForms },
  ) {
    this.#database = database
    this.#codes = codes
    this.#outbox = outbox
    this.#forms = forms
  }

  /**
   * Stores a reset request: one statement, whatever the name. False if the host's site leaves resets to its admins,
   * and for the second click of a form.
   */
  async takeIn(task: Task, siteId: number | null): Promise<boolean> {
    const allowed = sql`NOT EXISTS (SELECT 1 FROM ${sites}
      WHERE ${sites.id} = ${siteId} AND ${sites.disablePasswordReset})`
    const { taken } = await batch(this.#database, {
      taken: this.#outbox.insertion(task, sql`${allowed} AND ${this.#forms.isFirst}`),
      noted: this.#forms.noting(sql`EXISTS (SELECT 1 FROM outbox WHERE ${isTask(task)})`),
    })
    return taken.meta.changes === 1
  }

  /**
   * The users that a request names and who may reset their password by email. On a site's host: its users with the
   * name or address. On shared hosts, where anybody could have registered an address, an address finds only its
   * verified owners, and a username finds one user.
   */
  async usersMeant({ by, key, siteId }: TaskContent<'reset-request'>): Promise<Account[]> {
    const keys = nameKeys(key)
    const isOfSite = siteId === null ? undefined : eq(users.siteId, siteId)
    const byUsername = isNamed(keys, siteId)
    const byAddress = inArray(siteId === null ? users.verifiedEmailKey : users.emailKey, keys)
    const named = { username: byUsername, email: byAddress, either: or(byUsername, byAddress) }[by]
    // Ranks each site's first user before any site's second, so that no site crowds out another.
    const nth = sql<number>`row_number() OVER (PARTITION BY ${users.siteId}
      ORDER BY ${byUsername} DESC, ${users.verifiedEmailKey} IS NULL, ${users.id})`.as('nth')
    const found = await this.#database.primary
      .select({ ...accountColumns, nth })
      .from(users)
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(and(named, isOfSite, isNotNull(users.email), mayReset))
      .orderBy(sql`nth`)
      .limit(MOST_USERS)
    return siteId === null ? found.filter(({ nth }) => nth <= MOST_USERS_OF_SITE) : found
  }

  /** The user of a reset, with the names of the API keys that remain when the keys of paired apps are revoked. */
  async userOf(
    userId: number,
    now: number,
  ): Promise<(Account & { keysThatStay: string[] }) | null> {
    const [found] = await this.#database.primary
      .select({
        ...accountColumns,
        names: sql<string>`(SELECT json_group_array(name) FROM api_keys
          WHERE user_id = users.id AND permission_set <> 'desktop_app' AND ${isKeyActive(now)})`.as(
          'names',
        ),
      })
      .from(users)
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(and(eq(users.id, userId), mayRedeem))
    if (!found) return null
    const { names, ...account } = found
    return { ...account, keysThatStay: JSON.parse(names) as string[] }
  }

  /**
   * Stores new codes together with the emails that carry them. The first email takes the place of the request that led
   * to it, if there is one. False, and nothing is stored, if another worker has taken that request.
   */
  async issue(
    codes: ResetCodeRow[],
    [first, ...others]: [Task, ...Task[]],
    request: Task | null = null,
  ): Promise<boolean> {
    const isOurs = request ? sql`EXISTS (SELECT 1 FROM outbox WHERE ${isTask(request)})` : sql`1`
    const storing = batch(this.#database, {
      codes: codes.map((code) => this.#codes.insertion(code, isOurs)),
      others: others.map((mail) => this.#outbox.insertion(mail, isOurs)),
      stored: request ? this.#outbox.replacement(request, first) : this.#outbox.insertion(first),
    })
    return storing.then(
      ({ stored }) => stored.meta.changes === 1,
      async (error) => {
        // After a lost connection, a request in another region would send the emails again.
        if (!request && (await this.#outbox.has(first).catch(() => false))) return true
        throw error
      },
    )
  }
}

/** Whether a row is the user that a name means, by its keys in order; on a site's host among the site's users only. */
function isNamed([first, ...others]: string[], siteId: number | null): SQL {
  const isFirst = sql`${users.usernameKey} = ${first}`
  if (others.length === 0) return isFirst
  const counts = siteId === null ? sql`1` : sql`named.site_id = ${siteId}`
  return sql`(${isFirst} OR ${isNamed(others, siteId)}
    AND NOT EXISTS (SELECT 1 FROM users AS named WHERE named.username_key = ${first} AND ${counts}))`
}

const mayHavePassword = rowMayUse('password')
const mayReset = and(mayHavePassword, eq(sites.disablePasswordReset, false))

/** Invited users who have no password yet may choose one, even if resets are left to admins. */
const mayRedeem = and(
  mayHavePassword,
  or(eq(sites.disablePasswordReset, false), isNull(users.passwordHash)),
)
