import type { SQL } from 'drizzle-orm'
import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { decide } from '../login/decide.ts'
import type { Device } from '../login/device.ts'
import { countersOfSso } from '../login/failure-counter.ts'
import { wrongCodesNotice } from '../login/log-in-notices.ts'
import type { NamedAttempt } from '../login/login-ledger.ts'
import { nameAttempt, unnamedAttempt } from '../login/named-attempt.ts'
import { orRecord } from '../login/record-at-host.ts'
import { lockedOut, regionMismatch } from '../login/refusals.ts'
import { startSession } from '../login/start-session.ts'
import type { LoggedIn } from '../sessions/new-session.ts'
import type { HostScope } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import { isSigned, wrongCodeCosts } from '../two-factor/check-code.ts'
import { both, type Claim } from '../two-factor/claim.ts'
import type { SentPartialSession } from '../two-factor/partial-session.ts'
import {
  askForSecondFactor,
  isOfUser,
  readPartialSession,
  takeSecondStep,
} from '../two-factor/second-step.ts'
import type { Account } from '../users/account.ts'
import { isSameAccount } from '../users/as-judged.ts'
import { alongsideEntry } from './alongside-entry.ts'
import { receiverOf, redirectOf } from './arrive.ts'
import { notAccepted, type SsoRefusal } from './ask-provider.ts'
import type { Identity } from './identity.ts'
import { makeUser } from './make-user.ts'
import { newIdentity } from './new-identity.ts'
import { type Proof, readProof, sealProof } from './proof.ts'
import { redirectHost } from './redirect-address.ts'
import { type Refused, refusedEntry } from './refused-entry.ts'
import type { Strategy } from './strategy.ts'
import { type Owner, whoseIs } from './whose.ts'

/** By what a person comes in, whom a provider has named. */
export interface Entering {
  proof: Proof
  /** A code of the second factor, and what it was asked for with. */
  otp: string | null
  partial: SentPartialSession | null
  scope: HostScope
  /** The browser, where a page is used. */
  device: Device | null
  language: string
  request: RequestFacts
}

/**
 * Starts the session of a person whom a provider has named. A second factor of its own is asked for, unless
 * the provider says that one was given there.
 * @throws {Problem} invalid-oauth; two-factor-authentication-error; one-time-password-incorrect; locked-out,
 *   by wrong codes; lockout-region-mismatch
 */
export async function enter(ctx: Ctx, entering: Entering): Promise<LoggedIn> {
  const { proof, partial, scope, language, request, otp } = entering
  const { region, strategy } = await orRecord(ctx, entering, () => receiverAt(ctx, entering))
  const at = ctx.clock()
  const coming = { scope, region, strategy, request, at }
  const arrived = { strategy, proof }
  const owner =
    (await whoseIs(ctx, region, arrived)) ??
    (await orRecord(ctx, entering, () => makeUser(ctx, coming, arrived)))
  if ('outcome' in owner) {
    const username = proof.person.email ?? proof.person.subject
    const end = { ...owner, userId: null, siteId: strategy.siteId, sessionId: null }
    await ctx.in(region).attempts.record(unnamedAttempt(region, { request, at, username }), end)
    throw refusal(ctx, region, owner, 'unknown')
  }
  const { account: found } = owner
  const attempt = await attemptOf(ctx, { account: found, entering, at })
  // A provider's word is guessed by nobody, nor is what a security key signs.
  const by = { isGuess: otp !== null && !isSigned(otp) }
  return decide<LoggedIn>(ctx, region, async () => ({
    attempt,
    language,
    isGuess: by.isGuess,
    known: await ctx.in(region).logins.findAtPrimary(attempt),
    judge: async ({ account }, use) => {
      if (account?.user.id !== found.user.id) return { outcome: 'key_mismatch', claim: null }
      const refused = refusedEntry(account, coming)
      const step = refused ?? (await secondStep(ctx, region, { entering, account, by: use.by }))
      return { claim: null, ...step }
    },
    end: async ({ attempt, judged, claim, use }) => {
      const { account } = judged
      const identity = newIdentity(region, { userId: account.user.id, strategy, proof, at })
      const entry = { owner, identity, strategy, proof, sessionId: use.by }
      const alongside = await alongsideEntry(ctx, region, { ...entry, request, language })
      const started = await startSession(ctx, region, {
        attempt,
        by,
        sessionId: use.by,
        judged,
        claim: claimsOf(ctx, region, { ...entry, claim }),
        input: { password: null, newPassword: null, language, request },
        sso: { ...provedWhen(proof.person, { ownFactor: claim !== null, at }), alongside },
      })
      // Where nothing else stands against it, the person's proof was used before.
      const used = { refusal: notAccepted('used', 'used before'), outcome: 'key_mismatch' } as const
      if (started instanceof Problem) return used
      const { loggedIn, known } = started
      if (loggedIn) return { end: loggedIn }
      const isLocked = by.isGuess && (known.lockedUntil ?? 0) > at
      const isSame = isSameAccount(judged.account, known.account)
      return isSame && !isLocked ? used : { known }
    },
    costsOfWrongCode: (attempt, account) =>
      costs(ctx, region, { attempt, account, proof, language }),
    refusal: async (outcome, { account }) => {
      if (!account || outcome !== 'two_factor_required')
        return refusal(ctx, region, { outcome }, 'not-allowed')
      const sealed = await sealProof(ctx.sealer, proof, at)
      const { hostname } = request
      const asked = { account, scope, hostname, language, sent: partial, proof: sealed }
      return askForSecondFactor(ctx, region, asked)
    },
    lockedOut: (until) => lockedOut(until, at),
  }))
}

/** The strategy that receives at the host of the request. @throws {Problem} invalid-oauth */
async function receiverAt(ctx: Ctx, { proof, request, device, scope }: Entering) {
  const receivedAt = redirectHost(redirectOf(proof), ctx.globalOrigin)
  if (receivedAt !== request.hostname && device !== null)
    throw notAccepted('expired', 'begun for another host')
  return receiverOf(ctx, proof, scope)
}

/**
 * What was given when, for what asks for it anew: a second factor here is as good as at a later question. One
 * that was given elsewhere, nobody knows when, was given.
 */
function provedWhen(
  { authenticatedAt, hasSecondFactor }: Proof['person'],
  { ownFactor, at }: { ownFactor: boolean; at: number },
) {
  if (ownFactor) return { authenticatedAt: at, secondFactorAt: at }
  const thereAt = Math.floor(Math.max(0, Math.min(authenticatedAt, at)))
  return { authenticatedAt: thereAt, secondFactorAt: hasSecondFactor ? Math.max(1, thereAt) : 0 }
}

/** @param ofNobody what is told where there is no such user */
function refusal(
  { globalOrigin }: Ctx,
  region: Region,
  { outcome }: { outcome: LoginOutcome },
  ofNobody: SsoRefusal,
): Problem {
  if (outcome === 'region_mismatch') return regionMismatch(region, globalOrigin)
  if (outcome === 'one_time_password_mismatch')
    return new Problem('not-authenticated/one-time-password-incorrect')
  return notAccepted(outcome === 'username_not_found' ? ofNobody : 'not-allowed', outcome)
}

/** The proof that a second step or a page carries. @throws {Problem} invalid-oauth */
export async function proofIn({ sealer, clock }: Ctx, text: string | undefined): Promise<Proof> {
  const proof = text === undefined ? null : await readProof(sealer, text, clock())
  if (!proof) throw notAccepted('expired', 'no proof of ours')
  return proof
}

/** Goes on after a second factor was asked for. @throws {Problem} as `enter` does; invalid-session */
export async function enterBySecondStep(
  ctx: Ctx,
  { partialSession, ...entering }: Omit<Entering, 'proof' | 'partial'> & { partialSession: string },
): Promise<{ loggedIn: LoggedIn; proof: Proof }> {
  const { partial, proof } = await orRecord(ctx, entering, async () => {
    const { region, partial } = await partialOf(ctx, partialSession, entering.scope)
    const proof = await proofIn(ctx, partial.proof)
    if (await ctx.in(region).partialSessions.isDead(proof.use))
      throw new Problem('not-authenticated/invalid-session', { reason: 'used, or too many codes' })
    return { partial, proof }
  })
  return { loggedIn: await enter(ctx, { ...entering, partial, proof }), proof }
}

async function partialOf(ctx: Ctx, text: string, scope: HostScope) {
  const partial = await readPartialSession(ctx, text, scope)
  const region = ctx.regions.withName(partial.region)
  if (!region) throw new Problem('not-authenticated/invalid-session', { reason: 'no such region' })
  return { region, partial }
}

/** Failures of second steps are counted by user, and apart from those of passwords: neither locks the other. */
async function attemptOf(
  ctx: Ctx,
  { account: { user, site }, entering, at }: { account: Account; entering: Entering; at: number },
): Promise<Omit<NamedAttempt, 'id'>> {
  const { scope, request, device, otp } = entering
  const named = await nameAttempt(ctx.nameDigestKey, {
    username: user.username,
    nameKey: user.usernameKey,
    siteId: site.id,
    usersOf: { kind: 'site-id', siteId: site.id },
    scope,
    request,
    device,
    secret: otp ?? '',
    at,
  })
  const counters = await countersOfSso(ctx.nameDigestKey, user, named.callerDigest)
  return { ...named, counters }
}

async function secondStep(
  ctx: Ctx,
  region: Region,
  { entering, account, by }: { entering: Entering; account: Account; by: number },
): Promise<{ outcome: 'none'; claim: Claim | null } | Refused> {
  const { proof, otp, partial } = entering
  if (proof.person.hasSecondFactor) return { outcome: 'none', claim: null }
  if (partial && !isOfUser(partial, account)) return { outcome: 'key_mismatch' }
  return takeSecondStep(ctx, region, { account, otp, partial, by })
}

async function costs(
  ctx: Ctx,
  region: Region,
  wrong: {
    attempt: NamedAttempt
    account: Account
    proof: Proof
    language: string
  },
) {
  const { attempt, account, proof, language } = wrong
  // However many partial sessions one state led to: five codes are tried.
  const cost = wrongCodeCosts(ctx, region, { userId: account.user.id, partial: proof.use })
  const notice = await wrongCodesNotice(ctx, region, { attempt, account, language })
  return (condition: SQL) => [
    ...cost(condition),
    ctx.in(region).logins.countWrongCode(account.user.id, condition),
    ...notice(condition),
  ]
}

/** The state is used, the person is the user, and what second factor was given is used: all or nothing. */
function claimsOf(
  ctx: Ctx,
  region: Region,
  entry: {
    owner: Owner
    identity: Identity
    strategy: Strategy
    proof: Proof
    sessionId: number
    claim: Claim | null
  },
): Claim {
  const { owner, identity, strategy, proof, sessionId, claim } = entry
  const use = { by: sessionId, at: identity.lastUsedAt }
  const claimed = both(
    ctx.in(region).partialSessions.claim(proof.use, use),
    ctx.in(region).identities.claim(identity, strategy, {
      linkedBy: owner.linkedBy,
      groupsAreAll: proof.groupsAreAll,
    }),
  )
  return claim ? both(claimed, claim) : claimed
}
