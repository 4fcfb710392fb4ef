import type { SQL } from 'drizzle-orm'
import type { LoginOutcome } from '../../history/login-outcome.ts'
import { newId } from '../../platform/ids.ts'
import { Problem } from '../../platform/problem.ts'
import type { RequestFacts } from '../../platform/request-facts.ts'
import type { Region, Regions } from '../../regions/region.ts'
import { wrongCodeCosts } from '../../second-factors/check-code.ts'
import { both, type Claim } from '../../second-factors/claim.ts'
import type { SentPartialSession } from '../../second-factors/partial-session.ts'
import {
  askForSecondFactor,
  isOfUser,
  readPartialSession,
  takeSecondStep,
} from '../../second-factors/second-step.ts'
import type { LoggedIn } from '../../sessions/new-session.ts'
import { regionMismatch } from '../../sites/region-rule.ts'
import type { HostScope } from '../../sites/site.ts'
import { notAccepted, type SsoRefusal } from '../../sso/ask-provider.ts'
import type { Identity } from '../../sso/identity.ts'
import { redirectHost } from '../../sso/redirect-address.ts'
import type { Strategy } from '../../sso/strategy.ts'
import type { StrategyStore } from '../../sso/strategy-store.ts'
import type { Account } from '../../users/account.ts'
import type { Device } from '../device.ts'
import { countersOfSso } from '../failure-counter.ts'
import { type LogInNeeds, lockedOut, prepareLockNotice } from '../log-in.ts'
import { type Notice, wrongCodesNotice } from '../log-in-notices.ts'
import type { NamedAttempt } from '../login-ledger.ts'
import { nameAttempt } from '../named-attempt.ts'
import { startSession } from '../start-session.ts'
import { type AlongsideNeeds, alongsideEntry } from './alongside-entry.ts'
import { receiverOf, redirectOf, unnamedAttempt } from './arrive.ts'
import { type MakeUserNeeds, makeUser } from './make-user.ts'
import { newIdentity } from './new-identity.ts'
import { type Proof, readProof, sealProof } from './proof.ts'
import { type Refused, refusedEntry } from './refused-entry.ts'
import { type Owner, whoseIs } from './whose.ts'

export interface EnterNeeds extends LogInNeeds, MakeUserNeeds, AlongsideNeeds {
  regions: Regions
  strategiesIn: (region: Region) => StrategyStore
}

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
export async function enter(needs: EnterNeeds, entering: Entering): Promise<LoggedIn> {
  const { proof, partial, scope, device, language, request } = entering
  const receivedAt = redirectHost(redirectOf(proof), needs.globalOrigin)
  if (receivedAt !== request.hostname && device !== null)
    throw notAccepted('expired', 'begun for another host')
  const { region, strategy } = await receiverOf(needs, proof, scope)
  const at = needs.clock()
  const coming = { scope, region, strategy, request, at }
  const arrived = { strategy, proof }
  const owner = (await whoseIs(needs, region, arrived)) ?? (await makeUser(needs, coming, arrived))
  if ('outcome' in owner) {
    const username = proof.person.email ?? proof.person.subject
    const attempt = unnamedAttempt(region, { request, at, username })
    await needs.ledgerIn(region).record(attempt, strategy.siteId, owner.outcome)
    throw refusal(needs, region, owner, 'unknown')
  }
  const { account: found } = owner
  const attempt = await attemptOf(needs, region, { account: found, entering, at })
  const judged = await needs.ledgerIn(region).findAtPrimary(attempt)
  const { account } = judged
  if (account?.user.id !== found.user.id) throw notAccepted('used', 'another user now')
  const refuse = async (outcome: LoginOutcome, wrongCode?: Notice) => {
    const lockNotice = await prepareLockNotice(needs, region, { attempt, language })
    await needs.ledgerIn(region).refuse(attempt, judged, { outcome, lockNotice, wrongCode })
  }
  if (judged.lockedUntil !== null && judged.lockedUntil > at) {
    await refuse('locked_out')
    throw lockedOut(judged, at)
  }
  const sessionId = newId(region.code)
  const refused = refusedEntry(account, coming)
  const step = refused ?? (await secondStep(needs, region, { entering, account, by: sessionId }))
  if (step.outcome !== 'none') {
    const isWrongCode = step.outcome === 'one_time_password_mismatch'
    const wrong = { attempt, account, proof, language }
    await refuse(step.outcome, isWrongCode ? await costs(needs, region, wrong) : undefined)
    if (step.outcome !== 'two_factor_required')
      throw refusal(needs, region, { outcome: step.outcome }, 'not-allowed')
    const sealed = await sealProof(needs.sealer, proof, attempt.at)
    throw await askForSecondFactor(needs, region, {
      ...{ account, scope, language, sent: partial, proof: sealed },
      hostname: request.hostname,
    })
  }
  const identity = newIdentity(region, { userId: account.user.id, strategy, proof, at })
  const entry = { owner, identity, strategy, proof, sessionId }
  const alongside = await alongsideEntry(needs, region, { ...entry, request, language })
  const started = await startSession(needs, region, {
    ...{ attempt, sessionId, judged: { ...judged, account } },
    claim: claimsOf(needs, region, { ...entry, step }),
    input: {
      ...{ username: account.user.username, password: null, otp: null, partialSession: null },
      ...{ newPassword: null, scope, device, language, request },
    },
    sso: {
      ...provedWhen(proof.person, { ownFactor: step.claim !== null, at }),
      alongside,
    },
  })
  if (started instanceof Problem || !started.loggedIn)
    throw notAccepted('used', 'used before, or its user changed')
  return started.loggedIn
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
  { globalOrigin }: EnterNeeds,
  region: Region,
  { outcome }: Refused,
  ofNobody: SsoRefusal,
): Problem {
  if (outcome === 'region_mismatch') return regionMismatch(region, globalOrigin)
  if (outcome === 'one_time_password_mismatch')
    return new Problem('not-authenticated/one-time-password-incorrect')
  return notAccepted(outcome === 'username_not_found' ? ofNobody : 'not-allowed', outcome)
}

/** The proof that a second step or a page carries. @throws {Problem} invalid-oauth */
export async function proofIn(
  { sealer, clock }: Pick<EnterNeeds, 'sealer' | 'clock'>,
  text: string | undefined,
): Promise<Proof> {
  const proof = text === undefined ? null : await readProof(sealer, text, clock())
  if (!proof) throw notAccepted('expired', 'no proof of ours')
  return proof
}

/** Goes on after a second factor was asked for. @throws {Problem} as `enter` does; invalid-session */
export async function enterBySecondStep(
  needs: EnterNeeds,
  { partialSession, ...entering }: Omit<Entering, 'proof' | 'partial'> & { partialSession: string },
): Promise<{ loggedIn: LoggedIn; proof: Proof }> {
  const { region, partial } = await partialOf(needs, partialSession, entering.scope)
  const proof = await proofIn(needs, partial.proof)
  if (await needs.partialSessionsIn(region).isDead(proof.use))
    throw new Problem('not-authenticated/invalid-session', { reason: 'used, or too many codes' })
  return { loggedIn: await enter(needs, { ...entering, partial, proof }), proof }
}

async function partialOf(needs: EnterNeeds, text: string, scope: HostScope) {
  const partial = await readPartialSession(needs, text, scope)
  const region = needs.regions.withName(partial.region)
  if (!region) throw new Problem('not-authenticated/invalid-session', { reason: 'no such region' })
  return { region, partial }
}

/** Failures of second steps are counted by user, and apart from those of passwords: neither locks the other. */
async function attemptOf(
  needs: EnterNeeds,
  region: Region,
  { account: { user, site }, entering, at }: { account: Account; entering: Entering; at: number },
): Promise<NamedAttempt> {
  const { scope, request, device, otp } = entering
  const named = await nameAttempt(needs.nameDigestKey, {
    ...{ username: user.username, nameKey: user.usernameKey, siteId: site.id },
    ...{ scope, request, device, secret: otp ?? '', at },
  })
  const counters = await countersOfSso(needs.nameDigestKey, user, named.callerDigest)
  return { ...named, counters, id: newId(region.code) }
}

async function secondStep(
  needs: EnterNeeds,
  region: Region,
  { entering, account, by }: { entering: Entering; account: Account; by: number },
): Promise<{ outcome: 'none'; claim: Claim | null } | Refused> {
  const { proof, otp, partial } = entering
  if (proof.person.hasSecondFactor) return { outcome: 'none', claim: null }
  if (partial && !isOfUser(partial, account)) return { outcome: 'key_mismatch' }
  return takeSecondStep(needs, region, { account, otp, partial, by })
}

async function costs(
  needs: EnterNeeds,
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
  const cost = wrongCodeCosts(needs, region, { userId: account.user.id, partial: proof.use })
  const notice = await wrongCodesNotice(needs, region, { attempt, account, language })
  return (condition: SQL) => [
    ...cost(condition),
    needs.ledgerIn(region).countWrongCode(account.user.id, condition),
    ...notice(condition),
  ]
}

/** The state is used, the person is the user, and what second factor was given is used: all or nothing. */
function claimsOf(
  needs: EnterNeeds,
  region: Region,
  entry: {
    owner: Owner
    identity: Identity
    strategy: Strategy
    proof: Proof
    sessionId: number
    step: { claim: Claim | null }
  },
): Claim {
  const { owner, identity, strategy, proof, sessionId, step } = entry
  const use = { by: sessionId, at: identity.lastUsedAt }
  const claimed = both(
    needs.partialSessionsIn(region).claim(proof.use, use),
    needs.identitiesIn(region).claim(identity, strategy, {
      linkedBy: owner.linkedBy,
      groupsAreAll: proof.groupsAreAll,
    }),
  )
  return step.claim ? both(claimed, step.claim) : claimed
}
