import type { LoginOutcome } from '../../audit/login-outcome.ts'
import type { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import type { SessionRow } from '../../sessions/session.ts'
import type { Statement } from '../../storage/batch.ts'
import type { Region } from '../../storage/region.ts'
import type { Consumption, FactorUse } from '../../two-factor/consumption.ts'
import type { PartialSessionKey, SentPartialSession } from '../../two-factor/partial-session.ts'
import type { Account } from '../../users/account.ts'
import type { FoundAccount } from '../account-finder.ts'
import type { Device } from '../device.ts'
import type { NamedAttempt } from '../login-ledger.ts'
import type { CredentialKind, Denial } from '../policy.ts'

/** The client of a login, whatever the method. */
export interface LoginClient {
  request: RequestFacts
  /** The browser, where a page is used. */
  device: Device | null
  /** For users and sites that have no language of their own. */
  language: string
}

/** A way to prove an identity, and nothing else: it knows no rules about accounts, and consumes nothing. */
export interface Method {
  by: CredentialKind
  /** Whether what it verifies can be guessed: the lockout counts guesses, and stands before nothing else. */
  isGuess: boolean
  /** What came with it for the second factor; null where the method asks for none. */
  secondFactor: SentSecondFactor | null
  /** To take the place of the password, where it must be changed; null where none came. */
  newPassword: { password: string; confirmation: string | undefined } | null
  /** Finds whom the login is about. @throws {Problem} where it can be about nobody, which is recorded */
  identify(): Promise<Identity>
  /** What the client is told of a refusal. */
  refusal(outcome: LoginOutcome, refused: { region: Region; isUsed: boolean }): Problem
  lockedOut(lockedUntil: number, at: number): Problem
}

/** Whom a login is about, as far as a store knows them. */
export interface Identity {
  region: Region
  attempt: Omit<NamedAttempt, 'id'>
  known: FoundAccount
  /** Verifies what was sent. It does equal work for accounts that exist and accounts that do not. */
  prove(account: Account | null, use: FactorUse): Promise<Proved>
  /** Asked before a refusal: the same elsewhere, where the directory's primary says that they live there. */
  moved?(): Promise<Identity | null>
}

export interface Proved {
  /** Whose identity it would be; null where that is nobody's. */
  account: Account | null
  /** Null where it is wrong. */
  proof: Proof | null
  /** What the login history says of a wrong one, where not what it says of all that are proved alike. */
  mismatch?: Denial
}

export interface Proof {
  /** Its single use, for the batch that decides; null where it can be used again, as a password. */
  consumption: Consumption | null
  /** Whether a second factor was part of it. */
  includesSecondFactor: boolean
  /** When the user authenticated, and when they gave a second factor; 0 where nobody knows, or they gave none. */
  authenticatedAt: number
  secondFactorAt: number
  /** The password that was verified; null for what is none. */
  password: string | null
  /** The session that it stands for, which the new one is to end with; null for none. */
  parent: SessionRow | null
  /** Statements that hang on the new session. */
  alongside: (() => Promise<Statement[]>) | null
}

/** A proof that was given just now, in one part and without conditions. */
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

/** A second factor, and where it belongs. */
export interface SentSecondFactor {
  /** A code, or what a security key signed; null where the client sent none yet. */
  otp: string | null
  /** The partial session that asked for it. */
  partial: SentPartialSession | null
  /** Whether the login continues that partial session. Else a new one begins when the factor is asked for. */
  isContinued: boolean
  /** Where wrong codes are counted, besides the user; null where the user alone counts them. */
  tries: PartialSessionKey | null
  /** Sealed into a new partial session, where something other than a password was proved. */
  carried: (() => Promise<string>) | null
}
