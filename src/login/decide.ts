import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import type { Problem } from '../http/problem.ts'
import { storageUnavailable } from '../storage/guarded-storage.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Claim, FactorUse } from '../two-factor/claim.ts'
import type { Account } from '../users/account.ts'
import type { Known } from './account-finder.ts'
import { isSameForRefusal } from './judged-remains.ts'
import { type Notice, prepareLockNotice } from './log-in-notices.ts'
import type { NamedAttempt } from './login-ledger.ts'
import type { Judged } from './may-prove.ts'

/** How often a verdict is reached anew on the primary's row before the attempt is given up. */
const MOST_ROUNDS = 3

export interface Verdict {
  outcome: LoginOutcome
  /** The use of what was proved by; null where that may be used again, as a password. */
  claim: Claim | null
}

/** A verdict that nothing is against, for the primary to confirm. */
export interface Proved {
  attempt: NamedAttempt
  judged: Judged
  claim: Claim | null
  use: FactorUse
}

/** What came of it at the primary: an end, a refusal all the same, or another row than was judged. */
export type Ended<End> =
  | { end: End }
  | { refusal: Problem; outcome: LoginOutcome }
  | { known: Known }

/** A way to prove who one is: what it does otherwise than the others. */
export interface Way<End> {
  attempt: Omit<NamedAttempt, 'id'>
  /** Of the mail about a lock. */
  language: string
  /** Whether what was given could be guessed. The lockout counts guesses, and stands before nothing else. */
  isGuess: boolean
  /** What is known at first. */
  known: Known
  /** The verdict on what a store knows. It uses nothing up. */
  judge: (known: Known, use: FactorUse) => Promise<Verdict>
  /** Lets the primary confirm the verdict, in the batch that uses up what was proved by. */
  end: (proved: Proved) => Promise<Ended<End>>
  /** What a wrong code costs besides. */
  costsOfWrongCode?: (attempt: NamedAttempt, account: Account) => Promise<Notice>
  /** Where the user lives as the directory's primary knows it, asked before a refusal; else it is known. */
  confirmRegion?: () => Promise<Region>
  refusal: (outcome: LoginOutcome, known: Known) => Problem | Promise<Problem>
  lockedOut: (lockedUntil: number) => Problem
}

/**
 * Decides whether somebody has proved who they are: the same for every way to log in and for reauthentication.
 * The verdict rests on what was read; one batch at the primary confirms or refuses it and records a refusal.
 * Where the primary knows the user otherwise, the verdict is reached anew; so it is where they live elsewhere.
 * @throws {Problem} what the way says of a refusal or a lock
 */
export async function decide<End>(
  ctx: Ctx,
  region: Region,
  wayIn: (region: Region) => Promise<Way<End>>,
): Promise<End> {
  const way = await wayIn(region)
  const ledger = ctx.in(region).logins
  const { at } = way.attempt
  const lockOn = ({ lockedUntil }: Known) =>
    way.isGuess && lockedUntil !== null && lockedUntil > at ? lockedUntil : null
  let known = way.known
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const attempt = { ...way.attempt, id: newId(region.code) }
    const use = { by: newId(region.code), at }
    const { account } = known
    const verdict: Verdict =
      lockOn(known) === null ? await way.judge(known, use) : { outcome: 'locked_out', claim: null }
    let { outcome } = verdict
    let refusal: Problem | null = null
    if (account && outcome === 'none') {
      const judged = { ...known, account }
      const ended = await way.end({ attempt, judged, claim: verdict.claim, use })
      if ('end' in ended) return ended.end
      if ('known' in ended) {
        known = ended.known
        continue
      }
      refusal = ended.refusal
      outcome = ended.outcome
    }
    const home = round === 0 ? ((await way.confirmRegion?.()) ?? region) : region
    if (home !== region) return decide(ctx, home, wayIn)
    const before = await ledger.refuse(attempt, known, {
      outcome,
      lockNotice: way.isGuess
        ? await prepareLockNotice(ctx, region, { attempt, language: way.language })
        : null,
      wrongCode:
        account && outcome === 'one_time_password_mismatch'
          ? await way.costsOfWrongCode?.(attempt, account)
          : undefined,
    })
    const lockedUntil = lockOn(before)
    if (lockedUntil !== null) throw way.lockedOut(lockedUntil)
    if (outcome !== 'locked_out' && isSameForRefusal(outcome, before.account, account))
      throw refusal ?? (await way.refusal(outcome, known))
    known = before
  }
  throw storageUnavailable('the account changed during the login, again and again')
}
