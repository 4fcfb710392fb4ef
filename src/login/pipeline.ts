import type { Ctx } from '../context.ts'
import { isKeyClash } from '../sessions/insert-session.ts'
import type { LoggedIn } from '../sessions/session.ts'
import { newSessionString } from '../sessions/session-string.ts'
import { storageUnavailable } from '../storage/guarded-storage.ts'
import { newId } from '../storage/ids.ts'
import { isSameAccount } from '../users/account.ts'
import type { FoundAccount } from './failure-counter.ts'
import { consumptionOf, type Ending, type Login, type Verdict } from './login.ts'
import { prepareLockNotice } from './login-notices.ts'
import type { Identity, LoginClient, Method } from './methods/method.ts'
import { mismatches, outcomeOf, whyDenied } from './policy.ts'
import { demandFactor, takeSecondFactor, wrongCodeStatements } from './second-factor.ts'
import { startSession } from './start-session.ts'
import { isSameForRefusal } from './verdict-conditions.ts'

/** How often a verdict is reached again on newer data before the login is given up. */
const MOST_ROUNDS = 3

/** Logs a user in by a method. @throws {Problem} what the method returns for a refusal or a lockout */
export function logIn(ctx: Ctx, client: LoginClient, method: Method): Promise<LoggedIn> {
  return authenticate(ctx, { client, method }, startSession)
}

/**
 * Every login and reauthentication: identify, prove, judge, second factor, start. The verdict rests on what was read
 * nearby, and one batch at the primary confirms it. For a refusal, another batch records it if the primary knows the
 * account as it was judged. Otherwise the verdict is reached again on what the primary knows.
 */
export async function authenticate<Result>(
  ctx: Ctx,
  by: Pick<Login, 'client' | 'method'>,
  start: Ending<Result>,
): Promise<Result> {
  let identity = await by.method.identify()
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const login = await beginRound(by, identity)
    const proved = await prove(login)
    const judged = judge(login, proved)
    const secured = await takeSecondFactor(ctx, login, judged)
    const ended = await end(ctx, login, secured, start).catch(nullAfterClash)
    if (!ended) continue
    if ('result' in ended) return ended.result
    identity =
      'known' in ended
        ? { ...identity, known: ended.known }
        : (round === 0 && (await identity.moved?.())) || (await refuse(ctx, login, ended.refused))
  }
  throw storageUnavailable('the account changed during the login, again and again')
}

async function beginRound(
  by: Pick<Login, 'client' | 'method'>,
  identity: Identity,
): Promise<Login> {
  const { region, attempt } = identity
  const sessionString = await newSessionString(region)
  const use = { consumer: sessionString.id, at: attempt.at }
  return { ...by, identity, attempt: { ...attempt, id: newId(region.code) }, sessionString, use }
}

/** Another session has this key and nothing was written, so the next round makes another string. */
function nullAfterClash(error: unknown): null {
  if (isKeyClash(error)) return null
  throw error
}

/** Verifies what was sent, unless the name is locked out. */
async function prove({ identity, method, use }: Login): Promise<Verdict> {
  const { account } = identity.known
  const nothing = { factor: null, problem: null, isUsed: false }
  if (lockOn(method, identity.known, use.at) !== null)
    return { ...nothing, account, proof: null, outcome: 'locked_out' }
  return { ...nothing, ...(await identity.prove(account, use)), outcome: 'none' }
}

/** Asks the policy. */
function judge({ client, method, identity, attempt }: Login, proved: Verdict): Verdict {
  if (proved.outcome !== 'none') return proved
  const denial = whyDenied(proved.account, {
    scope: attempt.scope,
    client: client.request,
    home: identity.region,
    at: attempt.at,
    by: method.by,
    isProved: proved.proof !== null,
    mismatch: proved.mismatch,
    usedAt: null,
    hasNewPassword: method.newPassword !== null,
  })
  return { ...proved, outcome: outcomeOf(denial) }
}

/** Lets the primary decide, in the batch that consumes the proof. */
async function end<Result>(
  ctx: Ctx,
  login: Login,
  verdict: Verdict,
  start: Ending<Result>,
): ReturnType<Ending<Result>> {
  const { account, proof } = verdict
  if (verdict.outcome !== 'none' || !account || !proof) return { refused: verdict }
  const allowed = { ...verdict, account, proof }
  const ended = await start(ctx, login, allowed)
  if (!('known' in ended) || consumptionOf(allowed) === null) return ended
  const isLocked = lockOn(login.method, ended.known, login.use.at) !== null
  if (isLocked || !isSameAccount(account, ended.known.account)) return ended
  // Nothing else stands against the login, so the proof was consumed before.
  const outcome = proof.consumption ? mismatches[login.method.by] : 'one_time_password_mismatch'
  return { refused: { ...verdict, outcome, isUsed: true } }
}

/**
 * Records a refusal, counts the failure, and throws the client's problem.
 * @returns the account as the primary knows it, if it differs and nothing was recorded
 */
async function refuse(ctx: Ctx, login: Login, verdict: Verdict): Promise<Identity> {
  const { client, method, identity, attempt } = login
  const { region, known } = identity
  const { outcome } = verdict
  const { language } = client
  const isWrongCode = outcome === 'one_time_password_mismatch'
  const before = await ctx.in(region).refusals.record(attempt, known, {
    outcome,
    lockNotice: method.isGuessable
      ? await prepareLockNotice(ctx, region, { attempt, language })
      : null,
    wrongCode: isWrongCode ? await wrongCodeStatements(ctx, login) : undefined,
  })
  const lockedUntil = lockOn(method, before, attempt.at)
  if (lockedUntil !== null) throw method.lockedOut(lockedUntil, attempt.at)
  if (outcome === 'locked_out' || !isSameForRefusal(outcome, before.account, known.account))
    return { ...identity, known: before }
  throw (
    verdict.problem ??
    (await demandFactor(ctx, login, verdict)) ??
    method.refusal(outcome, { region, isUsed: verdict.isUsed })
  )
}

/** Until when a name is locked out; null if it is not, or if nobody can guess by this method. */
function lockOn({ isGuessable }: Method, { lockedUntil }: FoundAccount, at: number): number | null {
  return isGuessable && lockedUntil !== null && lockedUntil > at ? lockedUntil : null
}
