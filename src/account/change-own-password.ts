import { changePassword } from '../login/change-password.ts'
import { deviceOf } from '../login/device.ts'
import { type LogInNeeds, logIn } from '../login/log-in.ts'
import { type ReauthenticateNeeds, reauthenticate } from '../login/reauthenticate.ts'
import type { LoggedIn } from '../login/start-session.ts'
import { checkConfirmation, hashNewPassword } from '../passwords/new-password.ts'
import type { Language } from '../platform/languages.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { UserCaller } from '../sessions/access.ts'
import type { HostScope } from '../sites/site.ts'
import type { Sealer } from '../tokens/sealer.ts'

export type ChangeOwnPasswordNeeds = LogInNeeds &
  ReauthenticateNeeds & { scope: HostScope; sealer: Sealer }

/**
 * Changes the caller's password, for which the present one must be right. Every session ends with it;
 * the caller gets a new one.
 * @throws {Problem} reauthentication-failed; model-save-error
 */
export async function changeOwnPassword(
  needs: ChangeOwnPasswordNeeds,
  { live, region }: UserCaller,
  sent: {
    present: string
    password: string
    confirmation: string
    request: RequestFacts
    language: Language
  },
): Promise<LoggedIn> {
  const { password, confirmation, request, language } = sent
  const account = { user: live.user, site: live.site }
  if (account.user.readOnly) throw new Problem('not-authorized/read-only-session')
  await reauthenticate(needs, { region, account, request }, sent.present)
  checkConfirmation({ password, confirmation, field: 'new_password_again' })
  const passwordHash = await hashNewPassword(needs, {
    ...{ password, field: 'password', owner: { ...account.user, site: account.site } },
    of: { region, user: account.user, mustDiffer: true },
  })
  const done = await changePassword(needs, {
    ...{ region, account, passwordHash, language, request },
    ...{ event: 'password_changed', actor: `user:${account.user.id}` },
  })
  if (!done) throw new Problem('processing-failure/failed-to-change-password')
  const { username } = account.user
  return logIn(needs, {
    ...{ username, password, newPassword: null, scope: needs.scope, request, language },
    device: await deviceOf(needs.sealer, request, needs.clock()),
  })
}
