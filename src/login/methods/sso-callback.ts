import type { Ctx } from '../../context.ts'
import { Problem } from '../../http/problem.ts'
import { alongsideEntry } from '../../sso/alongside-entry.ts'
import { receiverOf, redirectOf } from '../../sso/arrive.ts'
import { notAccepted } from '../../sso/ask-provider.ts'
import { makeUser } from '../../sso/make-user.ts'
import { mayLogInBy } from '../../sso/may-log-in-by.ts'
import { newIdentity } from '../../sso/new-identity.ts'
import { readProof, type Proof as SsoProof, sealProof } from '../../sso/proof.ts'
import { redirectHost } from '../../sso/redirect-address.ts'
import type { Strategy } from '../../sso/strategy.ts'
import { type Owner, whoseIs } from '../../sso/whose.ts'
import type { Region } from '../../storage/region.ts'
import { isSigned } from '../../two-factor/check-code.ts'
import { both, type FactorUse } from '../../two-factor/claim.ts'
import type { SentPartialSession } from '../../two-factor/partial-session.ts'
import { isOfUser, readPartialSession } from '../../two-factor/second-step.ts'
import type { Account } from '../../users/account.ts'
import { countersOfSso } from '../failure-counter.ts'
import { attemptOfUser, unnamedAttempt } from '../identify.ts'
import { orRecord } from '../record-at-host.ts'
import { lockedOut, regionMismatch } from '../refusals.ts'
import type { Identity, LoginClient, Method, Proved } from './method.ts'

/** What the identity provider said of a person, and what came with it for a second factor of theirs here. */
export interface SsoCallback {
  proof: SsoProof
  otp: string | null
  partial: SentPartialSession | null
}

/**
 * Proves an identity by what an identity provider said. The user is created by it where the strategy does so. A
 * second factor is asked for here, unless the provider says that one was given there.
 */
export function bySsoCallback(ctx: Ctx, client: LoginClient, callback: SsoCallback): Method {
  const { proof, otp, partial } = callback
  return {
    by: 'identity-provider',
    // A provider's word is guessed by nobody, nor is what a security key signs.
    isGuess: otp !== null && !isSigned(otp),
    newPassword: null,
    secondFactor: {
      otp,
      partial,
      isContinued: true,
      // However many partial sessions one state led to: five codes are tried.
      tries: proof.use,
      carried: () => sealProof(ctx.sealer, proof, ctx.clock()),
    },
    identify: () => identify(ctx, client, callback),
    refusal: (outcome, { region, isUsed }) => {
      if (isUsed) return notAccepted('used', 'used before')
      if (outcome === 'region_mismatch') return regionMismatch(region, ctx.globalOrigin)
      return outcome === 'one_time_password_mismatch'
        ? new Problem('not-authenticated/one-time-password-incorrect')
        : notAccepted('not-allowed', outcome)
    },
    lockedOut,
  }
}

interface Resolved {
  region: Region
  strategy: Strategy
  owner: Owner
}

async function identify(ctx: Ctx, client: LoginClient, callback: SsoCallback): Promise<Identity> {
  const resolved = await resolve(ctx, client, callback)
  const { region, owner } = resolved
  const { otp } = callback
  const { account } = owner
  const secret = otp === null ? '' : otp
  const named = await attemptOfUser(ctx, client, { account, scope: ctx.scope, secret })
  // Failures of second steps are counted by user, and apart from those of passwords: neither locks the other.
  const counters = await countersOfSso(ctx.nameDigestKey, account.user, named.callerDigest)
  const attempt = { ...named, counters }
  return {
    region,
    attempt,
    known: await ctx.in(region).logins.findAtPrimary(attempt),
    prove: async (now, use) => prove(ctx, client, callback, { ...resolved, account: now, use }),
  }
}

/** Whose identity the provider named. @throws {Problem} invalid-oauth, which is recorded */
async function resolve(ctx: Ctx, client: LoginClient, { proof }: SsoCallback): Promise<Resolved> {
  const { request } = client
  const { scope } = ctx
  const asked = { scope, request }
  const { region, strategy } = await orRecord(ctx, asked, () => receiverAt(ctx, client, proof))
  const at = ctx.clock()
  const named = { strategy, proof }
  const owner =
    (await whoseIs(ctx, region, named)) ??
    (await orRecord(ctx, asked, () => makeUser(ctx, { ...asked, region, strategy, at }, named)))
  if (!('outcome' in owner)) return { region, strategy, owner }
  const { outcome } = owner
  const username = proof.person.email ?? proof.person.subject
  const end = { outcome, userId: null, siteId: strategy.siteId, sessionId: null }
  await ctx.in(region).attempts.record(unnamedAttempt(region, { request, at, username }), end)
  if (outcome === 'region_mismatch') throw regionMismatch(region, ctx.globalOrigin)
  throw notAccepted(outcome === 'username_not_found' ? 'unknown' : 'not-allowed', outcome)
}

/** The strategy that receives at the host of the request. @throws {Problem} invalid-oauth */
async function receiverAt(ctx: Ctx, { request, device }: LoginClient, proof: SsoProof) {
  const receivedAt = redirectHost(redirectOf(proof), ctx.globalOrigin)
  if (receivedAt !== request.hostname && device !== null)
    throw notAccepted('expired', 'begun for another host')
  return receiverOf(ctx, proof, ctx.scope)
}

/** The state is used, the person is the user, and what hangs on that: all or nothing. */
function prove(
  ctx: Ctx,
  { request, language }: LoginClient,
  { proof, partial }: SsoCallback,
  of: Resolved & { account: Account | null; use: FactorUse },
): Proved {
  const { region, strategy, owner, account, use } = of
  if (account?.user.id !== owner.account.user.id) return { account: null, proof: null }
  const isOfAnother = partial !== null && !isOfUser(partial, account)
  if (isOfAnother || !mayLogInBy(account, strategy)) return { account, proof: null }
  const { at, by: sessionId } = use
  const identity = newIdentity(region, { userId: account.user.id, strategy, proof, at })
  const entry = { owner, identity, strategy, proof, sessionId, request, language }
  const { authenticatedAt, hasSecondFactor } = proof.person
  const thereAt = Math.floor(Math.max(0, Math.min(authenticatedAt, at)))
  return {
    account,
    proof: {
      claim: both(
        ctx.in(region).partialSessions.claim(proof.use, use),
        ctx.in(region).identities.claim(identity, strategy, {
          linkedBy: owner.linkedBy,
          groupsAreAll: proof.groupsAreAll,
        }),
      ),
      includesSecondFactor: hasSecondFactor,
      authenticatedAt: thereAt,
      // One that was given elsewhere, nobody knows when, was given.
      secondFactorAt: hasSecondFactor ? Math.max(1, thereAt) : 0,
      password: null,
      parent: null,
      alongside: () => alongsideEntry(ctx, region, entry),
    },
  }
}

/** What a second step or a page carries of a callback. @throws {Problem} invalid-oauth */
export async function carriedProof(
  { sealer, clock }: Ctx,
  text: string | undefined,
): Promise<SsoProof> {
  const proof = text === undefined ? null : await readProof(sealer, text, clock())
  if (!proof) throw notAccepted('expired', 'no proof of ours')
  return proof
}

/** The callback that a partial session continues. @throws {Problem} invalid-oauth; invalid-session */
export async function continuedCallback(
  ctx: Ctx,
  { request }: LoginClient,
  { partialSession, otp }: { partialSession: string; otp: string | null },
): Promise<SsoCallback> {
  const { scope } = ctx
  return orRecord(ctx, { scope, request }, async () => {
    const partial = await readPartialSession(ctx, partialSession, scope)
    const region = ctx.regions.withName(partial.region)
    if (!region) throw invalidSession('no such region')
    const proof = await carriedProof(ctx, partial.proof)
    if (await ctx.in(region).partialSessions.isDead(proof.use))
      throw invalidSession('used, or too many codes')
    return { proof, otp, partial }
  })
}

function invalidSession(reason: string): Problem {
  return new Problem('not-authenticated/invalid-session', { reason })
}
