import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import { mailLanguage } from '../notifications/mail-language.ts'
import type { HostScope } from '../sites/site.ts'
import { findSecondStep } from '../two-factor/second-step.ts'
import { sendCode } from '../two-factor/send-code.ts'

/**
 * Texts a code to the phone of a partial session's user, once a minute at most.
 * @throws {Problem} invalid-session; two-factor-authentication-code-already-sent; model-save-error
 */
export async function textCode(
  ctx: Ctx,
  input: { partialSession: string; scope: HostScope; language: string },
): Promise<void> {
  const { account, region } = await findSecondStep(ctx, input.partialSession, input.scope)
  const { factors } = await ctx.in(region).secondFactors.provable(account.user.id)
  const factor = factors.find(({ method }) => method === 'sms')
  if (!factor) throw new Problem('not-authenticated/invalid-session', { reason: 'no phone' })
  const language = mailLanguage(account, input.language)
  await sendCode(ctx, region, { factor, site: account.site, language })
}
