import type { Requester } from '../access/actor.ts'
import { type Authority, changesBetween, eventBy } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { withoutEchoes } from '../http/whole-objects.ts'
import { changePassword } from '../login/change-password.ts'
import { accepts, isAllowedAtAddress, isDisabled } from '../login/policy.ts'
import { credentialNotice } from '../notifications/notice-mails.ts'
import { checkConfirmation, hashNewPassword } from '../passwords/new-password.ts'
import type { Account, User } from './account.ts'
import { administers } from './last-admin.ts'
import { checkSettings, type GivenPassword } from './manage-users.ts'
import type { UserChanges } from './user-settings.ts'
import { settingsOf } from './user-view.ts'

/**
 * Changes a user. Disabling them, or changing how they log in, revokes all of their sessions. A new email address
 * voids codes that were mailed to the former one, which is notified.
 * @throws {Problem} model-save-error; user-not-found if the user was deleted meanwhile; and what `authorize` throws
 */
export async function changeSiteUser(
  ctx: Ctx,
  actor: Requester,
  { user, settings, given }: { user: User; settings: UserChanges; given: GivenPassword },
): Promise<User> {
  const { live, region, request } = actor
  const account = { user, site: live.site }
  const isStrategyOn = await checkSettings(ctx, actor, { settings, user })
  const passwordHash = await newHash(ctx, actor, { account, given, settings })
  const wanted: UserChanges = {
    ...settings,
    ...withoutPassword(settings),
    ...(isEnabledAgain(account, settings, ctx.clock()) && { enabledAt: ctx.clock() }),
  }
  const changes = withoutEchoes(wanted, user)
  const profile = { ...user.profile, ...changes.profile }
  const after = { ...user, ...changes, profile, ...(passwordHash !== null && { passwordHash }) }
  if (user.id === live.user.id && !isAllowedAtAddress({ ...account, user: after }, request.address))
    throw notSaved({ allowed_ips: ['address-list-excludes-you'] })
  const authority = await actor.authorize({
    what: 'user-changed',
    user,
    changes: { ...changes, ...(passwordHash !== null && { passwordHash }) },
  })
  if (Object.keys(changes).length > 0)
    await save(ctx, actor, {
      user,
      changes,
      after,
      authority,
      administers: isStrategyOn && administers(after),
    })
  const ledger = ctx.in(region).userChanges
  const changed = (await ledger.find(user.id, live.site.id)) ?? user
  if (passwordHash === null) return changed
  const { requirePasswordChange } = settings
  const input = { user: changed, passwordHash, requirePasswordChange, authority }
  await setPassword(ctx, actor, input)
  return (await ledger.find(user.id, live.site.id)) ?? changed
}

interface Saved {
  user: User
  changes: UserChanges
  after: User
  authority: Authority
  administers: boolean
}

async function save(ctx: Ctx, actor: Requester, saved: Saved): Promise<void> {
  const { user, changes, after, authority, administers } = saved
  const event = eventBy(actor, {
    event: 'user_changed',
    authority,
    at: ctx.clock(),
    userId: user.id,
    changes: changesBetween(settingsOf(user), settingsOf(after)),
  })
  // The user's former address is notified.
  const former = { ...actor, account: { user, site: actor.live.site } }
  const content = { kind: 'addressChanged', named: after.email ?? '–', at: event.at } as const
  const notice = 'emailKey' in changes ? await credentialNotice(ctx, former, content) : null
  const outcome = await ctx
    .in(actor.region)
    .userChanges.change(user, changes, { event, ends: whatEnds(changes), notice, administers })
  if (outcome === 'gone') throw new Problem('not-found/user-not-found')
  if (outcome === 'last-admin') throw notSaved({ base: ['last-admin'] })
  if (notice) ctx.workAfterReply([notice])
}

/** @throws {Problem} failed-to-change-password if the user changed at the same time */
async function setPassword(
  ctx: Ctx,
  { live, region, language, request }: Requester,
  input: {
    user: User
    passwordHash: string
    requirePasswordChange: boolean | undefined
    authority: Authority
  },
): Promise<void> {
  const { user, passwordHash, requirePasswordChange, authority } = input
  const isDone = await changePassword(ctx, {
    region,
    account: { user, site: live.site },
    passwordHash,
    language,
    request,
    event: 'password_changed',
    actor: `user:${live.user.id}`,
    authority,
    mustBeChanged: requirePasswordChange ?? false,
    isGiven: user.id !== live.user.id,
  })
  if (!isDone) throw new Problem('processing-failure/failed-to-change-password')
}

async function newHash(
  ctx: Ctx,
  { region }: Requester,
  input: { account: Account; given: GivenPassword; settings: UserChanges },
): Promise<string | null> {
  const { user, site } = input.account
  const { password, confirmation } = input.given
  if (password === undefined) return null
  const field = 'change_password'
  if (!accepts({ ...user, ...input.settings }, 'password'))
    throw notSaved({ [field]: ['password-of-no-use'] })
  checkConfirmation({ password, confirmation, field })
  return hashNewPassword(ctx, {
    password,
    field,
    owner: { ...user, site },
    replaces: { region, user, mustDiffer: false },
  })
}

/** A password that cannot be used is deleted, so that it never becomes valid again. */
function withoutPassword({ authenticationMethod }: UserChanges): UserChanges {
  const isKept = authenticationMethod === undefined || accepts({ authenticationMethod }, 'password')
  return isKept ? {} : { passwordHash: null, passwordSetAt: null }
}

function whatEnds(changes: UserChanges): 'everything' | 'codes' | null {
  const isOtherWay = 'authenticationMethod' in changes || 'ssoStrategyId' in changes
  if (changes.disabled || isOtherWay) return 'everything'
  return 'emailKey' in changes ? 'codes' : null
}

/** `disabled: false` also enables users who were disabled for inactivity. */
function isEnabledAgain(account: Account, { disabled }: UserChanges, now: number): boolean {
  return disabled === false && isDisabled(account, now)
}
