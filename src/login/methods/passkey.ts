import * as z from 'zod'
import type { LoginOutcome } from '../../audit/login-outcome.ts'
import type { Ctx } from '../../context.ts'
import type { Seal, SealedKind } from '../../crypto/sealer.ts'
import { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import type { LoggedIn } from '../../sessions/new-session.ts'
import type { HostScope } from '../../sites/site.ts'
import type { Region } from '../../storage/region.ts'
import { newChallenge } from '../../two-factor/challenge.ts'
import { both, type Claim, type FactorUse } from '../../two-factor/claim.ts'
import { partyAt, relyingPartiesOf } from '../../two-factor/relying-party.ts'
import { userOfAssertion, verifyAssertion } from '../../two-factor/security-key.ts'
import type { Account } from '../../users/account.ts'
import type { Known } from '../account-finder.ts'
import { decide, type Verdict } from '../decide.ts'
import type { Device } from '../device.ts'
import { nameAttempt } from '../named-attempt.ts'
import { outcomeOf, whyDenied } from '../policy.ts'
import { recordAtHost } from '../record-at-host.ts'
import { lockedOut, refusalOf } from '../refusals.ts'
import { startSession } from '../start-session.ts'

/** What a page lets a passkey sign, carried by its form. */
const sealedChallenge = {
  typ: 'latchkey-passkey+jwt',
  content: z.object({ challenge: z.string(), rpId: z.string() }),
  lifetimeSeconds: 600,
} satisfies SealedKind<z.ZodType>

/** What a page asks passkeys with: of any user of this site (WebAuthn L3 §5.5, no allowCredentials). */
export interface PasskeyOffer {
  sealed: string
  options: Record<string, unknown>
}

/** Null on hosts of no one site: passkeys belong to one. */
export async function offerPasskey(
  { sealer, clock, scope }: Ctx,
  { hostname }: RequestFacts,
): Promise<PasskeyOffer | null> {
  if (scope.kind === 'any') return null
  const challenge = newChallenge()
  const content = { challenge, rpId: hostname }
  return {
    sealed: await sealer.seal(sealedChallenge, content, clock()),
    options: { challenge, rpId: hostname, userVerification: 'required', allowCredentials: [] },
  }
}

/** What a page offered; null where it is too old, or none of ours. */
type Offer = (z.infer<(typeof sealedChallenge)['content']> & Seal) | null

interface PasskeyInput {
  /** As the page carried it; undefined where it carried none. */
  sealed: string | undefined
  /** What the browser answered, as JSON text. */
  answer: string
  scope: HostScope
  device: Device
  request: RequestFacts
  language: string
}

/**
 * Logs in by a passkey alone: the device has verified its user, so that it is two factors in one. Nobody guesses
 * what a key signs, so no lockout stands before it; every refusal is in the login history.
 * @throws {Problem} passkey-offer-expired for a page that was open for too long, whoever answers it;
 *   invalid-username-or-password, whatever else is wrong; no-account-for-site
 */
export async function logInByPasskey(ctx: Ctx, input: PasskeyInput): Promise<LoggedIn> {
  const { scope, request, device, language } = input
  const home = scope.kind === 'any' ? null : await ctx.siteHosts.homeOf(scope)
  if (!home) throw new Problem('site-configuration/no-account-for-site')
  const { region } = home
  const at = ctx.clock()
  const offer = input.sealed ? await ctx.sealer.unseal(sealedChallenge, input.sealed, at) : null
  const refusal = (outcome: LoginOutcome) =>
    offer
      ? refusalOf(outcome, region, ctx.globalOrigin)
      : new Problem('not-authenticated/passkey-offer-expired', { reason: outcome })
  const ledger = ctx.in(region).logins
  const userId = userOfAssertion(input.answer)
  const found = userId === null ? null : await ctx.in(region).users.withId(userId)
  if (found?.site.id !== home.siteId) {
    const outcome = found ? 'site_mismatch' : 'username_not_found'
    await recordAtHost(ctx, input, outcome)
    throw refusal(outcome)
  }
  const { user, site } = found
  const attempt = await nameAttempt(ctx.nameDigestKey, {
    username: user.username,
    nameKey: user.usernameKey,
    siteId: site.id,
    usersOf: { kind: 'site-id', siteId: site.id },
    scope,
    request,
    device,
    secret: '',
    at,
  })
  const by = { isGuess: false }
  return decide<LoggedIn>(ctx, region, async () => ({
    attempt,
    language,
    isGuess: by.isGuess,
    known: await ledger.findAtPrimary(attempt),
    judge: (known, use) => judge(ctx, region, { input, offer, userId: user.id, known, use }),
    end: async ({ attempt, judged, claim, use }) => {
      const started = await startSession(ctx, region, {
        attempt,
        by,
        sessionId: use.by,
        claim,
        judged,
        input: { password: null, newPassword: null, language, request },
      })
      if (started instanceof Problem) return { refusal: started, outcome: 'key_mismatch' }
      return started.loggedIn ? { end: started.loggedIn } : { known: started.known }
    },
    refusal,
    lockedOut: (until) => lockedOut(until, at),
  }))
}

async function judge(
  ctx: Ctx,
  region: Region,
  given: { input: PasskeyInput; offer: Offer; userId: number; known: Known; use: FactorUse },
): Promise<Verdict> {
  const { input, offer, userId, use } = given
  const { request, scope } = input
  const account = given.known.account?.user.id === userId ? given.known.account : null
  const claim = account && (await claimOf(ctx, region, { input, offer, account, use }))
  const isRight = claim !== null
  const denial = whyDenied(account, {
    scope,
    client: request,
    home: region,
    at: use.at,
    by: 'passkey',
    isRight,
    usedAt: null,
    bringsPassword: false,
  })
  return { outcome: outcomeOf(denial), claim }
}

/** The use of the challenge and of the key that signed it; null for a bad answer, or one that was used. */
async function claimOf(
  ctx: Ctx,
  region: Region,
  given: { input: PasskeyInput; offer: Offer; account: Account; use: FactorUse },
): Promise<Claim | null> {
  const { input, offer: offered, account, use } = given
  const { request, answer } = input
  const party = partyAt(relyingPartiesOf(account, ctx.globalOrigin), request.hostname)
  if (!offered || offered.rpId !== request.hostname || !party) return null
  const challenges = ctx.in(region).partialSessions
  if (await challenges.isDead(asKey(offered))) return null
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
    challenges.claim(asKey(offered), use),
    keys.claimSignature(signed.factor, signed.counter, use),
  )
}

/** Its use is remembered where those of partial sessions are. */
function asKey({ jti, exp }: Seal): Seal {
  return { jti: `passkey:${jti}`, exp }
}
