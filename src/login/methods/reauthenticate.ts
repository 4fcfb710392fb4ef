import type { Ctx } from '../../context.ts'
import { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import { newId } from '../../storage/ids.ts'
import type { Region } from '../../storage/region.ts'
import { checkCode, isSigned, wrongCodeCosts } from '../../two-factor/check-code.ts'
import type { FactorUse } from '../../two-factor/claim.ts'
import type { PartialSessionKey } from '../../two-factor/partial-session.ts'
import type { Account } from '../../users/account.ts'
import type { Known } from '../account-finder.ts'
import { decide, type Verdict } from '../decide.ts'
import { deviceOf } from '../device.ts'
import { prepareLockNotice } from '../log-in-notices.ts'
import type { NamedAttempt } from '../login-ledger.ts'
import { nameAttempt } from '../named-attempt.ts'
import { outcomeOf, type ProofKind, whyDenied } from '../policy.ts'
import { retryAfter } from '../refusals.ts'
/** What a user gives to show that they still are the one who logged in. */
export type Proof = { password: string } | { code: string }

interface Asked {
  region: Region
  account: Account
  request: RequestFacts
}

/** The lockout of the user's site, whichever host the session is used at. */
const SCOPE = { kind: 'any', region: null } as const

/**
 * Verifies a user who is known by a session or key, by their password or a second factor. It is decided like a
 * login at the user's site: by the same counters, and the batch that decides uses the code up. So a stolen session
 * is no way to guess.
 * @throws {Problem} reauthentication-failed; reauthentication-rate-limited while the name is locked;
 *   password-change-required for a password that must be another
 */
export async function reauthenticate(ctx: Ctx, asked: Asked, proof: Proof): Promise<void> {
  const { region } = asked
  const attempt = await attemptOf(ctx, asked, proof)
  const ledger = ctx.in(region).logins
  const by = { isGuess: isGuess(proof) }
  await decide<void>(ctx, region, async () => ({
    attempt,
    language: 'en',
    isGuess: by.isGuess,
    known: await ledger.findAtPrimary(attempt),
    judge: (known, use) => judge(ctx, asked, { attempt, known, proof, use }),
    end: async ({ attempt, judged, claim }) => {
      const { confirmed, known } = await ledger.confirm(attempt, judged, { by, claim })
      return confirmed ? { end: undefined } : { known }
    },
    costsOfWrongCode: async () =>
      wrongCodeCosts(ctx, region, { userId: asked.account.user.id, partial: null }),
    refusal: (outcome) =>
      outcome === 'password_change_required'
        ? new Problem('not-authorized/password-change-required')
        : new Problem('not-authorized/reauthentication-failed', { reason: outcome }),
    lockedOut: (until) =>
      new Problem('rate-limited/reauthentication-rate-limited', {
        headers: retryAfter(until, attempt.at),
      }),
  }))
}

function isGuess(proof: Proof): boolean {
  return 'password' in proof || !isSigned(proof.code)
}

/** Counts a wrong code as a failed login at the site, where it came with something other than a password. */
export async function countWrongCode(
  ctx: Ctx,
  asked: Asked,
  { code, partial }: { code: string; partial: PartialSessionKey },
): Promise<void> {
  const { region, account } = asked
  const named = await attemptOf(ctx, asked, { code })
  const attempt = { ...named, id: newId(region.code) }
  const ledger = ctx.in(region).logins
  await ledger.refuse(attempt, await ledger.findAtPrimary(attempt), {
    outcome: 'one_time_password_mismatch',
    lockNotice: isGuess({ code })
      ? await prepareLockNotice(ctx, region, { attempt, language: 'en' })
      : null,
    wrongCode: wrongCodeCosts(ctx, region, { userId: account.user.id, partial }),
  })
}

/** What security keys sign where a user reauthenticates. */
export function sessionPurpose({ id }: Pick<Account['user'], 'id'>): string {
  return `session of ${id}`
}

async function attemptOf(
  { clock, nameDigestKey, sealer }: Ctx,
  { account: { user, site }, request }: Asked,
  proof: Proof,
): Promise<Omit<NamedAttempt, 'id'>> {
  const at = clock()
  return nameAttempt(nameDigestKey, {
    username: user.username,
    nameKey: user.usernameKey,
    siteId: site.id,
    usersOf: { kind: 'site-id', siteId: site.id },
    scope: SCOPE,
    request,
    device: await deviceOf(sealer, request, at),
    secret: 'password' in proof ? proof.password : `\u0000${proof.code}`,
    at,
  })
}

async function judge(
  ctx: Ctx,
  { region, account: { user }, request }: Asked,
  given: { attempt: Omit<NamedAttempt, 'id'>; known: Known; proof: Proof; use: FactorUse },
): Promise<Verdict> {
  const { attempt, proof, use } = given
  const { account } = given.known
  // Another version of the credentials has ended the session or code that this is about.
  const isSame =
    account?.user.id === user.id && account.user.credentialVersion === user.credentialVersion
  const judged = (by: ProofKind, isRight: boolean) =>
    outcomeOf(
      whyDenied(account, {
        scope: SCOPE,
        client: request,
        home: region,
        at: attempt.at,
        by,
        isRight,
        usedAt: null,
        bringsPassword: false,
      }),
    )
  if ('password' in proof) {
    const stored = account?.user.passwordHash ?? null
    const isRight = (await ctx.hasher.verify(proof.password, stored)) && isSame
    return { outcome: judged('password', isRight), claim: null }
  }
  const outcome = judged('second-factor', isSame)
  if (!account || outcome !== 'none') return { outcome, claim: null }
  const challenge = { purpose: sessionPurpose(user) }
  const code = { otp: proof.code, partial: null, challenge, use }
  const claim = await checkCode(ctx, region, account, code)
  return claim ? { outcome, claim } : { outcome: 'one_time_password_mismatch', claim: null }
}
