import * as z from 'zod'
import { newId, regionCodeOfId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region, Regions } from '../regions/region.ts'
import { newChallenge } from '../second-factors/challenge.ts'
import { both } from '../second-factors/claim.ts'
import { partyAt, relyingPartiesOf } from '../second-factors/relying-party.ts'
import { allowedMethods } from '../second-factors/second-factor.ts'
import { userOfAssertion, verifyAssertion } from '../second-factors/security-key.ts'
import type { LoggedIn } from '../sessions/new-session.ts'
import { type HostScope, inScope } from '../sites/site.ts'
import type { Seal, SealedKind, Sealer } from '../tokens/sealer.ts'
import { accepts } from '../users/accepted-proofs.ts'
import type { Account } from '../users/account.ts'
import { hasStayedAway, whyKeptOut } from '../users/entry-rules.ts'
import type { UserStore } from '../users/user-store.ts'
import type { Device } from './device.ts'
import type { LogInNeeds } from './log-in.ts'
import { nameAttempt } from './named-attempt.ts'
import { startSession } from './start-session.ts'

/** What a page lets a passkey sign, carried by its form. */
const sealedChallenge = {
  typ: 'latchkey-passkey+jwt',
  content: z.object({ challenge: z.string(), rpId: z.string() }),
  lifetimeSeconds: 600,
} satisfies SealedKind<z.ZodType>

export interface PasskeyNeeds extends LogInNeeds {
  regions: Regions
  usersIn: (region: Region) => UserStore
}

/** What a page asks passkeys with: of any user of this site (WebAuthn L3 §5.5, no allowCredentials). */
export interface PasskeyOffer {
  sealed: string
  options: Record<string, unknown>
}

/** Null on hosts of no one site: passkeys belong to one. */
export async function offerPasskey(
  { sealer, clock, scope }: { sealer: Sealer; clock: () => number; scope: HostScope },
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

/**
 * Logs in by a passkey alone: the device has verified its user, so that it is two factors in one.
 * @throws {Problem} invalid-username-or-password, whatever is wrong
 */
export async function logInByPasskey(
  needs: PasskeyNeeds,
  input: {
    /** As the page carried it; undefined where it carried none. */
    sealed: string | undefined
    /** What the browser answered, as JSON text. */
    answer: string
    scope: HostScope
    device: Device
    request: RequestFacts
    language: string
  },
): Promise<LoggedIn> {
  const { scope, request, device, language } = input
  const at = needs.clock()
  const offered = input.sealed ? await needs.sealer.unseal(sealedChallenge, input.sealed, at) : null
  if (!offered || offered.rpId !== request.hostname) throw refused('no challenge of this host')
  const { region, account } = await ownerOf(needs, input.answer, { scope, request })
  const { user, site } = account
  const { factors } = await needs.secondFactorsIn(region).provable(user.id)
  const party = partyAt(relyingPartiesOf(account, needs.globalOrigin), request.hostname)
  if (!party) throw refused('a host of another site')
  const signed = await verifyAssertion(
    [party],
    { user, factors, challenges: [offered.challenge], mustVerifyUser: true },
    input.answer,
  )
  if (!signed) throw refused('no assertion of a key of this user')
  const sessionId = newId(region.code)
  const use = { by: sessionId, at }
  const claim = both(
    needs.partialSessionsIn(region).claim(asKey(offered), use),
    needs.secondFactorsIn(region).claimSignature(signed.factor, signed.counter, use),
  )
  const named = await nameAttempt(needs.nameDigestKey, {
    ...{ username: user.username, nameKey: user.usernameKey, siteId: site.id },
    ...{ scope, request, device, secret: '', at },
  })
  const attempt = { ...named, id: newId(region.code) }
  const known = await needs.ledgerIn(region).findAtPrimary(attempt)
  if (known.account?.user.id !== user.id) throw refused('its user is another now')
  const started = await startSession(needs, region, {
    ...{ attempt, sessionId, claim },
    judged: { ...known, account: known.account },
    input: {
      ...{ username: user.username, password: null, otp: null, partialSession: null },
      ...{ newPassword: null, scope, device, language, request },
    },
  })
  if (started instanceof Problem || !started.loggedIn)
    throw refused('used before, locked, or its user changed')
  return started.loggedIn
}

/** Whose passkey it says it is: the id that it was registered for names the region. */
async function ownerOf(
  needs: PasskeyNeeds,
  answer: string,
  { scope, request }: { scope: HostScope; request: RequestFacts },
): Promise<{ region: Region; account: Account }> {
  const { regions, usersIn } = needs
  const userId = userOfAssertion(answer)
  const region = userId === null ? null : regions.withCode(regionCodeOfId(userId))
  const account = region && userId !== null && (await usersIn(region).withId(userId))
  if (!region || !account || !inScope(scope, account.site)) throw refused('nobody of this site')
  const { user } = account
  if (!accepts(user, 'passkey')) throw refused('may not log in so')
  const now = needs.clock()
  const keptOut = whyKeptOut(account, request, now)
  if (keptOut || hasStayedAway(account, now)) throw refused(keptOut ?? 'stayed away')
  if (!allowedMethods(account).includes('webauthn'))
    throw refused('the site takes no security keys')
  return { region, account }
}

/** Its use is remembered where those of partial sessions are. */
function asKey({ jti, exp }: Seal): Seal {
  return { jti: `passkey:${jti}`, exp }
}

function refused(reason: string): Problem {
  return new Problem('not-authenticated/invalid-username-or-password', { reason })
}
