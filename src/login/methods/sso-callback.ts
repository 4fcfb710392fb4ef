import type { Ctx } from '../../context.ts'
import { Problem } from '../../http/problem.ts'
import { type Assertion, readAssertion, sealedAssertion } from '../../sso/assertion.ts'
import { newIdentity } from '../../sso/identity-store.ts'
import { ssoRefused } from '../../sso/provider-fetch.ts'
import { receiverOf, redirectOf } from '../../sso/receive-callback.ts'
import { provisionUser, type ResolvedAccount, resolveAccount } from '../../sso/resolve-account.ts'
import { statementsWithSession } from '../../sso/statements-with-session.ts'
import { isAllowedStrategy, redirectHost, type Strategy } from '../../sso/strategy.ts'
import type { Region } from '../../storage/region.ts'
import { isSigned } from '../../two-factor/check-code.ts'
import { both, type ProofUse } from '../../two-factor/consumption.ts'
import type { SentPartialSession } from '../../two-factor/partial-session.ts'
import { isOfUser, readPartialSession } from '../../two-factor/second-step.ts'
import type { Account } from '../../users/account.ts'
import { countersOfSso } from '../failure-counter.ts'
import { attemptOfUser } from '../identify.ts'
import { lockedOut, orRecord, recordUnknown, regionMismatch } from '../refusals.ts'
import type { Identity, LoginClient, Method, Proved } from './method.ts'

/** What the identity provider asserted, and the second factor that the person added here. */
export interface SsoCallback {
  assertion: Assertion
  otp: string | null
  partial: SentPartialSession | null
}

/**
 * Proves an identity by an identity provider's assertion. Creates the user if the strategy says so. Asks for a second
 * factor unless the provider says that the person used one there.
 */
export function bySsoCallback(ctx: Ctx, client: LoginClient, callback: SsoCallback): Method {
  const { assertion, otp, partial } = callback
  return {
    by: 'identity-provider',
    // Neither an assertion nor a security key's signature can be guessed.
    isGuessable: otp !== null && !isSigned(otp),
    newPassword: null,
    secondFactor: {
      otp,
      partial,
      isContinued: true,
      // One state allows five codes, however many partial sessions it led to.
      tries: assertion.use,
      carried: () => sealedAssertion.seal(ctx, assertion),
    },
    identify: () => identify(ctx, client, callback),
    refusal: (outcome, { region, isUsed }) => {
      if (isUsed) return ssoRefused('used', 'used before')
      if (outcome === 'region_mismatch') return regionMismatch(region, ctx.globalOrigin)
      return outcome === 'one_time_password_mismatch'
        ? new Problem('not-authenticated/one-time-password-incorrect')
        : ssoRefused('not-allowed', outcome)
    },
    lockedOut,
  }
}

interface Resolved {
  region: Region
  strategy: Strategy
  owner: ResolvedAccount
}

async function identify(ctx: Ctx, client: LoginClient, callback: SsoCallback): Promise<Identity> {
  const resolved = await resolve(ctx, client, callback)
  const { region, owner } = resolved
  const { otp } = callback
  const { account } = owner
  const secret = otp === null ? '' : otp
  const named = await attemptOfUser(ctx, client, { account, scope: ctx.scope, secret })
  // Failed codes are counted by user and apart from failed passwords, so that neither locks the other out.
  const counters = await countersOfSso(ctx.nameDigestKey, account.user, named.callerDigest)
  const attempt = { ...named, counters }
  return {
    region,
    attempt,
    known: await ctx.in(region).logins.findAtPrimary(attempt),
    prove: async (now, use) => prove(ctx, client, callback, { ...resolved, account: now, use }),
  }
}

/** Finds or creates the account that the assertion names. @throws {Problem} invalid-oauth, which is recorded */
async function resolve(
  ctx: Ctx,
  client: LoginClient,
  { assertion }: SsoCallback,
): Promise<Resolved> {
  const { request } = client
  const { region, strategy } = await orRecord(ctx, request, () =>
    receiverAt(ctx, client, assertion),
  )
  const at = ctx.clock()
  const named = { strategy, assertion }
  const owner =
    (await resolveAccount(ctx, region, named)) ??
    (await orRecord(ctx, request, () =>
      provisionUser(ctx, { request, region, strategy, at }, named),
    ))
  if (!('outcome' in owner)) return { region, strategy, owner }
  const { outcome } = owner
  const username = assertion.person.email ?? assertion.person.subject
  await recordUnknown(ctx, region, { request, siteId: strategy.siteId, username, outcome })
  if (outcome === 'region_mismatch') throw regionMismatch(region, ctx.globalOrigin)
  throw ssoRefused(outcome === 'username_not_found' ? 'unknown' : 'not-allowed', outcome)
}

/** The strategy that receives callbacks at the request's host. @throws {Problem} invalid-oauth */
async function receiverAt(ctx: Ctx, { request, device }: LoginClient, assertion: Assertion) {
  const receivedAt = redirectHost(redirectOf(assertion), ctx.globalOrigin)
  if (receivedAt !== request.hostname && device !== null)
    throw ssoRefused('expired', 'begun for another host')
  return receiverOf(ctx, assertion)
}

/** Consumes the state and links the person to the user, with everything that depends on it: all or nothing. */
function prove(
  ctx: Ctx,
  { request, language }: LoginClient,
  { assertion, partial }: SsoCallback,
  { region, strategy, owner, account, use }: Resolved & { account: Account | null; use: ProofUse },
): Proved {
  if (account?.user.id !== owner.account.user.id) return { account: null, proof: null }
  const isOfAnother = partial !== null && !isOfUser(partial, account)
  if (isOfAnother || !isAllowedStrategy(account, strategy)) return { account, proof: null }
  const { at, consumer: sessionId } = use
  const identity = newIdentity(region, { userId: account.user.id, strategy, assertion, at })
  const entry = { owner, identity, strategy, assertion, sessionId, request, language }
  const { authenticatedAt, hasSecondFactor } = assertion.person
  const authenticatedThereAt = Math.floor(Math.max(0, Math.min(authenticatedAt, at)))
  return {
    account,
    proof: {
      consumption: both(
        ctx.in(region).partialSessions.consumption(assertion.use, use),
        ctx.in(region).identities.consumption(identity, strategy, {
          linkedBy: owner.linkedBy,
          groupsAreAll: assertion.groupsAreAll,
        }),
      ),
      includesSecondFactor: hasSecondFactor,
      authenticatedAt: authenticatedThereAt,
      // 1 if a second factor was used at an unknown time.
      secondFactorAt: hasSecondFactor ? Math.max(1, authenticatedThereAt) : 0,
      password: null,
      parent: null,
      alongside: () => statementsWithSession(ctx, region, entry),
    },
  }
}

/** Opens the assertion that a second step or a page carries. @throws {Problem} invalid-oauth */
export async function carriedAssertion(ctx: Ctx, text: string | undefined): Promise<Assertion> {
  const assertion = text === undefined ? null : await readAssertion(ctx, text)
  if (!assertion) throw ssoRefused('expired', 'no assertion of ours')
  return assertion
}

/** Returns the callback that a partial session continues. @throws {Problem} invalid-oauth; invalid-session */
export async function continuedCallback(
  ctx: Ctx,
  { request }: LoginClient,
  { partialSession, otp }: { partialSession: string; otp: string | null },
): Promise<SsoCallback> {
  return orRecord(ctx, request, async () => {
    const partial = await readPartialSession(ctx, partialSession)
    const region = ctx.regions.withName(partial.region)
    if (!region) throw invalidSession('no such region')
    const assertion = await carriedAssertion(ctx, partial.proof)
    if (await ctx.in(region).partialSessions.isVoid(assertion.use))
      throw invalidSession('used, or too many codes')
    return { assertion, otp, partial }
  })
}

function invalidSession(reason: string): Problem {
  return new Problem('not-authenticated/invalid-session', { reason })
}
