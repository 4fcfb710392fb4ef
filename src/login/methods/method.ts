import type { LoginOutcome } from '../../audit/login-outcome.ts'
import type { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import type { SessionRow } from '../../sessions/session.ts'
import type { Statement } from '../../storage/batch.ts'
import type { Region } from '../../storage/region.ts'
import type { Consumption, ProofUse } from '../../two-factor/consumption.ts'
import type { PartialSessionKey, SentPartialSession } from '../../two-factor/partial-session.ts'
import type { Account } from '../../users/account.ts'
import type { FoundAccount, NamedAttempt } from '../failure-counter.ts'
import type { Device } from '../known-callers.ts'
import type { CredentialKind, Denial } from '../policy.ts'

/** The client of a login, whatever the method. */
export interface LoginClient {
  request: RequestFacts
  /** The browser; null for API clients. */
  device: Device | null
  /** For users and sites without a language of their own. */
  language: string
}

/** Proves an identity and does nothing else: a method knows no rules about accounts and consumes nothing. */
export interface Method {
  by: CredentialKind
  /** Whether the secret can be guessed. Lockout counts and stops only methods whose secret can. */
  isGuessable: boolean
  /** The second factor that was sent; null if the method never asks for one. */
  secondFactor: SentSecondFactor | null
  /** A new password, for users who must change theirs; null if none was sent. */
  newPassword: { password: string; confirmation: string | undefined } | null
  /** Finds the account that the login is about. @throws {Problem} if there can be none; the attempt is recorded */
  identify(): Promise<Identity>
  /** Returns the problem that the client gets for a refusal. */
  refusal(outcome: LoginOutcome, refused: { region: Region; isUsed: boolean }): Problem
  lockedOut(lockedUntil: number, at: number): Problem
}

/** The account that a login is about, as a store knows it. */
export interface Identity {
  region: Region
  attempt: Omit<NamedAttempt, 'id'>
  known: FoundAccount
  /** Verifies what was sent, with equal work for accounts that exist and accounts that do not. */
  prove(account: Account | null, use: ProofUse): Promise<Proved>
  /**
   * Called before a refusal: finds the account in another region, if the directory's primary says that it is there.
   */
  moved?(): Promise<Identity | null>
}

export interface Proved {
  /** The account whose identity was claimed; null if there is none. */
  account: Account | null
  /** Null if the proof is wrong. */
  proof: Proof | null
  /** The outcome for the login history, if it is not the method's usual one. */
  mismatch?: Denial
}

export interface Proof {
  /** Makes the proof single-use, in the batch that decides; null if it can be used again, like a password. */
  consumption: Consumption | null
  /** Whether the proof includes a second factor. */
  includesSecondFactor: boolean
  /** When the user authenticated, and when they used a second factor. 0 if unknown, or if they used none. */
  authenticatedAt: number
  secondFactorAt: number
  /** The verified password; null for other methods. */
  password: string | null
  /** The session that the new session ends with; null if there is none. */
  parent: SessionRow | null
  /** Statements that depend on the new session. */
  alongside: (() => Promise<Statement[]>) | null
}

/** Returns a proof given at `at`, without a second factor and without conditions. */
export function provedAt(at: number): Proof {
  return {
    consumption: null,
    includesSecondFactor: false,
    authenticatedAt: at,
    secondFactorAt: 0,
    password: null,
    parent: null,
    alongside: null,
  }
}

/** A second factor that was sent, and the partial session that it belongs to. */
interface SentSecondFactor {
  /** A one-time code or a security key's signature; null if none was sent yet. */
  otp: string | null
  /** The partial session that asked for it. */
  partial: SentPartialSession | null
  /** Whether the login continues that partial session. Otherwise asking for the second factor starts a new one. */
  isContinued: boolean
  /** Counts wrong codes here as well as for the user; null if only the user's are counted. */
  tries: PartialSessionKey | null
  /** What a new partial session carries, for methods other than passwords. */
  carried: (() => Promise<string>) | null
}
