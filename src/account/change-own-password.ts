import type { Ctx } from '../context.ts'
import type { Language } from '../http/languages.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { changePassword } from '../login/change-password.ts'
import { checkConfirmation, hashNewPassword } from '../passwords/new-password.ts'
import type { UserCaller } from '../sessions/access.ts'
import { isKeyClash } from '../sessions/insert-session.ts'
import { newSessionString } from '../sessions/session-string.ts'

/**
 * Changes the caller's password. They must always send the current one. Every other session is revoked; the caller's
 * continues under the returned string.
 * @throws {Problem} reauthentication-failed; model-save-error
 */
export async function changeOwnPassword(
  ctx: Ctx,
  caller: UserCaller,
  sent: {
    present: string
    password: string
    confirmation: string
    request: RequestFacts
    language: Language
  },
): Promise<string> {
  const { live, region } = caller
  const { password, confirmation, request, language } = sent
  const account = { user: live.user, site: live.site }
  const authority = await caller
    .proving({ password: sent.present })
    .authorize({ what: 'user-changed', user: account.user, changes: { passwordHash: null } })
  checkConfirmation({ password, confirmation, field: 'new_password_again' })
  const passwordHash = await hashNewPassword(ctx, {
    password,
    field: 'password',
    owner: { ...account.user, site: account.site },
    replaces: { region, user: account.user, mustDiffer: true },
  })
  const change = async () => {
    const next = await newSessionString(region)
    const done = await changePassword(ctx, {
      region,
      account,
      passwordHash,
      language,
      request,
      event: 'password_changed',
      actor: `user:${account.user.id}`,
      authority,
      kept: caller.by === 'session' ? { id: caller.live.session.id, next } : null,
    })
    if (!done) throw new Problem('processing-failure/failed-to-change-password')
    return next.text
  }
  return change().catch((error) => {
    if (isKeyClash(error)) return change()
    throw error
  })
}
