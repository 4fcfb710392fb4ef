import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { type Seal, sealedKind } from '../../crypto/sealer.ts'
import { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import type { Region } from '../../storage/region.ts'
import { newChallenge } from '../../two-factor/challenge.ts'
import { both, type Consumption, type ProofUse } from '../../two-factor/consumption.ts'
import {
  partyAt,
  relyingPartiesOf,
  userOfAssertion,
  verifyAssertion,
} from '../../two-factor/security-key.ts'
import type { Account } from '../../users/account.ts'
import { attemptOfUser } from '../identify.ts'
import { lockedOut, recordAtHost, refusalOf } from '../refusals.ts'
import { type LoginClient, type Method, provedAt } from './method.ts'

/** The challenge that passkeys sign, carried by the page's form. */
const sealedChallenge = sealedKind(
  'latchkey-passkey+jwt',
  600,
  z.object({ challenge: z.string(), rpId: z.string() }),
)

/** The options for a page's passkey request: all users of the site (WebAuthn L3 §5.5, no allowCredentials). */
export interface PasskeyOffer {
  sealed: string
  options: Record<string, unknown>
}

/** Null on hosts that belong to no single site, because passkeys belong to one site. */
export async function offerPasskey(
  ctx: Ctx,
  { hostname }: RequestFacts,
): Promise<PasskeyOffer | null> {
  if (ctx.scope.kind === 'any') return null
  const challenge = newChallenge()
  const content = { challenge, rpId: hostname }
  return {
    sealed: await sealedChallenge.seal(ctx, content),
    options: { challenge, rpId: hostname, userVerification: 'required', allowCredentials: [] },
  }
}

/** The challenge of a page; null if it has expired or is not ours. */
type Offer = (z.infer<(typeof sealedChallenge)['content']> & Seal) | null

/**
 * Proves an identity by a passkey alone: the device has verified its user, so a passkey is two factors in one.
 * Signatures cannot be guessed, so lockout does not apply.
 * @param sent the challenge from the page, and the browser's answer as JSON text
 */
export async function byPasskey(
  ctx: Ctx,
  client: LoginClient,
  { sealed, answer }: { sealed: string | undefined; answer: string },
): Promise<Method> {
  const offer = sealed ? await sealedChallenge.unseal(ctx, sealed) : null
  const refusal: Method['refusal'] = (outcome, { region }) =>
    offer
      ? refusalOf(outcome, region, ctx.globalOrigin)
      : new Problem('not-authenticated/passkey-offer-expired', { reason: outcome })
  const { hostname } = client.request
  return {
    by: 'passkey',
    isGuessable: false,
    newPassword: null,
    secondFactor: null,
    identify: async () => {
      const { account, region } = await userAnswering(ctx, client, { answer, refusal })
      const { user } = account
      const attempt = await attemptOfUser(ctx, client, { account, scope: ctx.scope, secret: '' })
      return {
        region,
        attempt,
        known: await ctx.in(region).logins.findAtPrimary(attempt),
        prove: async (account, use) => {
          if (account?.user.id !== user.id) return { account: null, proof: null }
          const consumption = await consumptionOf(ctx, region, {
            hostname,
            answer,
            offer,
            account,
            use,
          })
          const { at } = use
          const proof = {
            ...provedAt(at),
            consumption,
            includesSecondFactor: true,
            secondFactorAt: at,
          }
          return { account, proof: consumption && proof }
        },
      }
    },
    refusal,
    lockedOut,
  }
}

/**
 * Finds the user whom the answer names. @throws {Problem} no-account-for-site; a refusal, which is recorded, if the
 * user does not belong to the site
 */
async function userAnswering(
  ctx: Ctx,
  { request }: LoginClient,
  { answer, refusal }: { answer: string; refusal: Method['refusal'] },
): Promise<{ account: Account; region: Region }> {
  const home = await ctx.siteHosts.homeOf(ctx.scope)
  if (!home) throw new Problem('site-configuration/no-account-for-site')
  const { region } = home
  const userId = userOfAssertion(answer)
  const account = userId === null ? null : await ctx.in(region).users.withId(userId)
  if (account?.site.id === home.siteId) return { account, region }
  const outcome = account ? 'site_mismatch' : 'username_not_found'
  await recordAtHost(ctx, request, outcome)
  throw refusal(outcome, { region, isUsed: false })
}

/** Consumes the challenge and the key's signature. Null if the answer is wrong or was used before. */
async function consumptionOf(
  ctx: Ctx,
  region: Region,
  given: { hostname: string; answer: string; offer: Offer; account: Account; use: ProofUse },
): Promise<Consumption | null> {
  const { hostname, answer, offer: offered, account, use } = given
  const party = partyAt(relyingPartiesOf(account, ctx.globalOrigin), hostname)
  if (!offered || offered.rpId !== hostname || !party) return null
  const challenges = ctx.in(region).partialSessions
  if (await challenges.isVoid(asKey(offered))) return null
  const { user } = account
  const keys = ctx.in(region).secondFactors
  const { factors } = await keys.provable(user.id)
  const signed = await verifyAssertion(
    [party],
    { user, factors, challenges: [offered.challenge], mustVerifyUser: true },
    answer,
  )
  if (!signed) return null
  return both(
    challenges.consumption(asKey(offered), use),
    keys.consumeSignature(signed.factor, signed.counter, use),
  )
}

/** Used challenges are stored with used partial sessions. */
function asKey({ jti, exp }: Seal): Seal {
  return { jti: `passkey:${jti}`, exp }
}
