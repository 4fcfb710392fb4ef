import type { Ctx } from '../../context.ts'
import { Problem } from '../../http/problem.ts'
import type { SentPartialSession } from '../../two-factor/partial-session.ts'
import { findPartialSession, standsForPassword } from '../../two-factor/second-step.ts'
import { type LoginClient, type Method, type Proved, provedAt } from './method.ts'
import { byName, type NamedLogin, verifying } from './password.ts'

/**
 * Proves an identity by a partial session, which represents a verified password. A password that is sent with it is
 * verified as well. An invalid partial session does not count as a failed attempt.
 */
export async function byPartialSession(
  ctx: Ctx,
  client: LoginClient,
  input: NamedLogin & { password: string | null; partialSession: string },
): Promise<Method> {
  const partial = await validPartialSession(ctx, input.partialSession)
  if (!partial) {
    const prove = async (account: Proved['account']) =>
      ({ account, proof: null, mismatch: 'key_mismatch' }) as const
    return {
      ...byName(ctx, client, { ...input, partial, prove }),
      isGuessable: false,
      refusal: (reason) => new Problem('not-authenticated/invalid-session', { reason }),
    }
  }
  const { password } = input
  const verify = password === null ? null : verifying(ctx, password)
  return byName(ctx, client, {
    ...input,
    partial,
    prove: async (account, use) => {
      const byPassword = await verify?.(account, use)
      if (byPassword?.proof) return byPassword
      const isRight = account !== null && standsForPassword(partial, account)
      return { account, proof: isRight ? provedAt(use.at) : null }
    },
  })
}

async function validPartialSession(ctx: Ctx, text: string): Promise<SentPartialSession | null> {
  const partial = await findPartialSession(ctx, text)
  const region = partial && ctx.regions.withName(partial.region)
  if (!region) return null
  return (await ctx.in(region).partialSessions.isVoid(partial)) ? null : partial
}
