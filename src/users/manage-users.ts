import type { ActorOf } from '../access/actor.ts'
import { changesBetween } from '../audit/credential-event.ts'
import { eventBy } from '../audit/event-by.ts'
import { Problem } from '../http/problem.ts'
import type { ModelError } from '../http/problem-types.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { ChangePasswordNeeds } from '../login/change-password.ts'
import { countersOf } from '../login/failure-counter.ts'
import type { LoginLedger } from '../login/login-ledger.ts'
import type { NewPasswordNeeds } from '../passwords/new-password.ts'
import type { StrategyStore } from '../sso/strategy-store.ts'
import type { Clock } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import type { UsernameDirectory } from '../storage/username-directory.ts'
import type { User } from './account.ts'
import { type SendWelcomeNeeds, sendWelcome } from './send-welcome.ts'
import type { UserLedger } from './user-ledger.ts'
import type { UserStore } from './user-store.ts'
import { viewUser } from './user-view.ts'

export interface ManageUsersNeeds extends NewPasswordNeeds, ChangePasswordNeeds, SendWelcomeNeeds {
  clock: Clock
  nameDigestKey: CryptoKey
  directory: UsernameDirectory
  usersIn: (region: Region) => UserStore
  userLedgerIn: (region: Region) => UserLedger
  strategiesIn: (region: Region) => StrategyStore
  ledgerIn: (region: Region) => LoginLedger
}

/** The admin whose site it is of, and by which request. */
export interface UserActing extends ActorOf<RequestFacts> {
  language: string
}

export interface GivenPassword {
  password?: string | undefined
  confirmation?: string | undefined
  imported?: string | undefined
}

/** @throws {Problem} user-not-found, whether it is another site's or nobody's */
export async function findSiteUser(
  { userLedgerIn }: Pick<ManageUsersNeeds, 'userLedgerIn'>,
  { live, region }: Pick<UserActing, 'live' | 'region'>,
  id: number,
): Promise<User> {
  if (id === 0 || id === live.user.id) return live.user
  const user = await userLedgerIn(region).find(id, live.site.id)
  if (!user) throw new Problem('not-found/user-not-found')
  return user
}

/** Deletes a user with all that is its own, at once. @throws {Problem} model-save-error; user-not-found */
export async function deleteSiteUser(
  needs: ManageUsersNeeds,
  acting: UserActing,
  user: User,
): Promise<void> {
  const authority = await acting.authorize({ what: 'user-deleted', user })
  const about = { authority, at: needs.clock(), userId: user.id }
  const event = eventBy(acting, { event: 'user_deleted', ...about })
  const outcome = await needs
    .userLedgerIn(acting.region)
    .remove(user, { ...event, changes: changesBetween(viewUser(user), nobody) })
  if (outcome === 'gone') throw new Problem('not-found/user-not-found')
  if (outcome === 'last-admin') throw wrong('base', 'last-admin')
}

/** What the history says of who is gone. */
const nobody = { username: null, email: null, site_admin: null, sso_strategy_id: null }

/** Lets a user log in again who is locked out after failures. */
export async function unlockSiteUser(
  needs: ManageUsersNeeds,
  acting: UserActing,
  user: User,
): Promise<void> {
  const authority = await acting.authorize({ what: 'user-unlocked', user })
  const about = { authority, at: needs.clock(), userId: user.id }
  const event = eventBy(acting, { event: 'user_unlocked', ...about })
  await needs.ledgerIn(acting.region).unlock(await countersOf(needs.nameDigestKey, user), event)
}

/** Greets a user by mail, again. @throws {Problem} model-save-error; too-many-requests */
export async function welcomeSiteUser(
  needs: ManageUsersNeeds,
  acting: UserActing,
  user: User,
): Promise<void> {
  const { live, region, language } = acting
  const authority = await acting.authorize({ what: 'user-invited', user })
  const account = { user, site: live.site }
  await sendWelcome(needs, { region, account }, { language, budget: 'site' })
  const about = { authority, at: needs.clock(), userId: user.id }
  const event = eventBy(acting, { event: 'welcome_sent', ...about })
  await needs.userLedgerIn(region).record(event)
}

/** What is wrong with a setting of a user. */
export function wrong(field: string, error: ModelError): Problem {
  return new Problem('processing-failure/model-save-error', { modelErrors: { [field]: [error] } })
}
