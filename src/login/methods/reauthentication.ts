import type { Ctx } from '../../context.ts'
import { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import { newId } from '../../storage/ids.ts'
import type { Region } from '../../storage/region.ts'
import { checkCode, countingWrongCode, isSigned } from '../../two-factor/check-code.ts'
import type { ProofUse } from '../../two-factor/consumption.ts'
import type { PartialSessionKey } from '../../two-factor/partial-session.ts'
import type { Account } from '../../users/account.ts'
import { attemptOfUser } from '../identify.ts'
import { deviceOf } from '../known-callers.ts'
import { consumptionOf, type Ending } from '../login.ts'
import { prepareLockNotice } from '../login-notices.ts'
import { authenticate } from '../pipeline.ts'
import { retryAfter } from '../refusals.ts'
import { type LoginClient, type Method, type Proved, provedAt } from './method.ts'

/** What users send to reauthenticate. */
type Given = { password: string } | { code: string }

interface Input {
  region: Region
  account: Account
  request: RequestFacts
}

/** Lockout follows the user's site, whichever host the session is used at. */
const SCOPE = { kind: 'any', region: null } as const

/**
 * Reauthenticates the user of a session or key by password or one-time code. The login pipeline decides, with the
 * same failure counters, so that a stolen session does not help to guess a password.
 * @throws {Problem} reauthentication-failed; reauthentication-rate-limited during a lockout; password-change-required
 *   if the password must be changed
 */
export async function reauthenticate(ctx: Ctx, input: Input, given: Given): Promise<void> {
  const client = await clientOf(ctx, input)
  await authenticate(
    ctx,
    { client, method: byReauthentication(ctx, client, input, given) },
    confirm,
  )
}

/** Starts no session, because the caller has one. */
const confirm: Ending<null> = async (ctx, { method, identity, attempt }, allowed) => {
  const judged = { ...identity.known, account: allowed.account }
  const { confirmed, known } = await ctx
    .in(identity.region)
    .logins.confirm(attempt, judged, { method, consumption: consumptionOf(allowed) })
  return confirmed ? { result: null } : { known }
}

function byReauthentication(ctx: Ctx, client: LoginClient, input: Input, given: Given): Method {
  const { region, account } = input
  return {
    by: 'password' in given ? 'password' : 'second-factor',
    isGuessable: isGuessable(given),
    newPassword: null,
    secondFactor: null,
    identify: async () => {
      const attempt = await attemptOf(ctx, client, { account, given })
      return {
        region,
        attempt,
        known: await ctx.in(region).logins.findAtPrimary(attempt),
        prove: (now, use) => prove(ctx, input, { account: now, given, use }),
      }
    },
    refusal: (outcome) =>
      outcome === 'password_change_required'
        ? new Problem('not-authorized/password-change-required')
        : new Problem('not-authorized/reauthentication-failed', { reason: outcome }),
    lockedOut: (until, at) =>
      new Problem('rate-limited/reauthentication-rate-limited', { headers: retryAfter(until, at) }),
  }
}

async function prove(
  ctx: Ctx,
  { region, account: { user } }: Input,
  { account, given, use }: { account: Account | null; given: Given; use: ProofUse },
): Promise<Proved> {
  // A change of credentials has revoked the session or code that this is about.
  const isSame =
    account?.user.id === user.id && account.user.credentialVersion === user.credentialVersion
  const proof = provedAt(use.at)
  if ('password' in given) {
    const isRight = await ctx.hasher.verify(given.password, account?.user.passwordHash ?? null)
    return { account, proof: isRight && isSame ? proof : null }
  }
  if (!isSame) return { account, proof: null }
  const challenge = { purpose: sessionPurpose(user) }
  const code = { otp: given.code, partial: null, challenge, use }
  const consumption = await checkCode(ctx, region, account, code)
  return { account, proof: consumption && { ...proof, consumption } }
}

function isGuessable(given: Given): boolean {
  return 'password' in given || !isSigned(given.code)
}

/** Counts a wrong code as a failed login at the site, if it came with something other than a password. */
export async function countWrongCode(
  ctx: Ctx,
  input: Input,
  { code, partial }: { code: string; partial: PartialSessionKey },
): Promise<void> {
  const { region, account } = input
  const given = { code }
  const client = await clientOf(ctx, input)
  const named = await attemptOf(ctx, client, { account, given })
  const attempt = { ...named, id: newId(region.code) }
  const { logins, refusals } = ctx.in(region)
  await refusals.record(attempt, await logins.findAtPrimary(attempt), {
    outcome: 'one_time_password_mismatch',
    lockNotice: isGuessable(given)
      ? await prepareLockNotice(ctx, region, { attempt, ...client })
      : null,
    wrongCode: countingWrongCode(ctx, region, { userId: account.user.id, partial }),
  })
}

/** The purpose that security keys sign when a user reauthenticates. */
export function sessionPurpose({ id }: Pick<Account['user'], 'id'>): string {
  return `session of ${id}`
}

async function clientOf(ctx: Ctx, { request }: Input): Promise<LoginClient> {
  return { request, device: await deviceOf(ctx, request), language: 'en' }
}

function attemptOf(
  ctx: Ctx,
  client: LoginClient,
  { account, given }: { account: Account; given: Given },
) {
  const secret = 'password' in given ? given.password : `\u0000${given.code}`
  return attemptOfUser(ctx, client, { account, scope: SCOPE, secret })
}
