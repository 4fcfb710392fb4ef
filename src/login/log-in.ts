import type { LoginOutcome } from '../history/login-outcome.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import { type Clock, SECOND } from '../platform/clock.ts'
import { storageUnavailable } from '../platform/guarded-storage.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region } from '../regions/region.ts'
import type { UsernameDirectory } from '../regions/username-directory.ts'
import { type LiveSession, type SessionRow, timeoutAfterUse } from '../sessions/session.ts'
import { newSessionString, sessionDigest } from '../sessions/session-string.ts'
import { type HostScope, inScope } from '../sites/site.ts'
import type { SiteHome, SiteHosts } from '../sites/site-hosts.ts'
import { SESSION_LIFETIME_MS } from '../tokens/session-lifetime.ts'
import type { Account } from '../users/account.ts'
import { comparableName } from '../users/username.ts'
import type { Known } from './account-finder.ts'
import { counterDigest, guessDigest } from './failure-counter.ts'
import type { LoginLedger, NamedAttempt } from './login-ledger.ts'

/** Of a name that was typed, in characters: whatever is longer is nobody's. */
const LONGEST_RECORDED_NAME = 256

/** How often a verdict is reached anew on the primary's row before the attempt is given up. */
const MOST_ROUNDS = 3

export interface LogInNeeds {
  clock: Clock
  epoch: number
  nameDigestKey: CryptoKey
  hasher: PasswordHasher
  directory: UsernameDirectory
  siteHosts: SiteHosts
  ledgerIn: (region: Region) => LoginLedger
  /** Goes on after the reply. */
  afterReply: (work: Promise<unknown>) => void
}

export interface LogInInput {
  username: string
  password: string
  scope: HostScope
  request: RequestFacts
}

export interface LoggedIn {
  live: LiveSession
  region: Region
  /** The credential: this once, in full. */
  sessionString: string
}

/**
 * Logs a user in by password: reads nearby, verifies, decides at the primary.
 * @throws {Problem} invalid-username-or-password, the same for every cause; locked-out, whether or not
 *   anybody has the name; no-account-for-site
 */
export async function logIn(needs: LogInNeeds, input: LogInInput): Promise<LoggedIn> {
  const nameKey = comparableName(input.username)
  const home = await homeOfHost(needs, input.scope)
  const region = home?.region ?? (await needs.directory.regionOf(nameKey, 'nearest'))
  const confirmRegion = async () =>
    home?.region ?? (await needs.directory.regionOf(nameKey, 'primary'))
  const siteId = home?.siteId ?? null
  const attempt = {
    nameKey,
    nameDigest: await counterDigest(needs.nameDigestKey, { nameKey, siteId }),
    guess: await guessDigest(needs.nameDigestKey, { nameKey, password: input.password }),
    siteId,
    scope: input.scope,
    username: input.username.slice(0, LONGEST_RECORDED_NAME).toWellFormed(),
    address: input.request.address,
    userAgent: input.request.userAgent,
    requestId: input.request.id,
    at: needs.clock(),
  }
  return decide(needs, attempt, { region, password: input.password, confirmRegion })
}

async function homeOfHost(needs: LogInNeeds, scope: HostScope): Promise<SiteHome | null> {
  if (scope.kind === 'any') return null
  const home = await needs.siteHosts.homeOf(scope)
  if (!home) throw new Problem('site-configuration/no-account-for-site')
  return home
}

interface Decision {
  region: Region
  password: string
  /** Asks the directory's primary: before a refusal, a replica's word on the region is not enough. */
  confirmRegion: () => Promise<Region>
}

async function decide(
  needs: LogInNeeds,
  named: Omit<NamedAttempt, 'id'>,
  { region, password, confirmRegion }: Decision,
): Promise<LoggedIn> {
  const ledger = needs.ledgerIn(region)
  const verify = verifyOnce(needs.hasher, password)
  let known = await ledger.find(named)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const attempt = { ...named, id: newId(region.code) }
    const { account } = known
    const outcome = isLockedAt(known, named.at)
      ? 'locked_out'
      : judge(account, attempt, await verify(account?.user.passwordHash ?? null))
    if (account && outcome === 'none') {
      const sessionString = newSessionString(region)
      const session = newSession(account, attempt.at, needs.epoch, {
        id: newId(region.code),
        digest: await sessionDigest(sessionString),
      })
      const verdict = await ledger.start(attempt, account, session)
      known = verdict.known
      if (verdict.started && known.account) {
        renewOutdatedHash(needs, ledger, known.account, password)
        return { live: { ...known.account, session }, region, sessionString }
      }
    } else {
      const confirmed = round === 0 ? await confirmRegion() : region
      if (confirmed !== region)
        return decide(needs, named, { region: confirmed, password, confirmRegion })
      const before = await ledger.refuse(attempt, account, outcome)
      if (isLockedAt(before, named.at)) throw lockedOut(before, named.at)
      if (outcome !== 'locked_out' && isSameForLogin(before.account, account, attempt))
        throw new Problem('not-authenticated/invalid-username-or-password', { reason: outcome })
      known = before
    }
  }
  throw storageUnavailable('the account changed during the log in, again and again')
}

function isLockedAt({ lockedUntil }: Known, at: number): boolean {
  return lockedUntil !== null && lockedUntil > at
}

function lockedOut({ lockedUntil }: Known, at: number): Problem {
  const until = new Date(lockedUntil ?? at).toISOString()
  return new Problem('not-authenticated/locked-out', {
    values: { until },
    data: { lockout_expires: until },
    headers: { 'Retry-After': String(Math.ceil(((lockedUntil ?? at) - at) / SECOND)) },
  })
}

/** The verdict on what one store showed. The password has been verified before, whatever comes out. */
function judge(
  account: Account | null,
  attempt: NamedAttempt,
  passwordIsRight: boolean,
): LoginOutcome {
  if (!account) return 'username_not_found'
  if (!inScope(attempt.scope, account.site)) return 'site_mismatch'
  if (!passwordIsRight || account.user.authenticationMethod !== 'password')
    return 'password_mismatch'
  if (account.user.disabled) return 'disabled'
  return 'none'
}

/** What the ledger demands of the primary's row, so that a verdict either was recorded or is reached anew. */
function isSameForLogin(
  a: Account | null,
  b: Account | null,
  { scope }: Pick<NamedAttempt, 'scope'>,
): boolean {
  if (!a || !b) return a === b
  return (
    a.user.id === b.user.id &&
    a.user.credentialVersion === b.user.credentialVersion &&
    a.user.passwordHash === b.user.passwordHash &&
    a.user.disabled === b.user.disabled &&
    a.user.authenticationMethod === b.user.authenticationMethod &&
    inScope(scope, a.site) === inScope(scope, b.site)
  )
}

/** Verifies against a stored hash, and against the same one only once. */
function verifyOnce(hasher: PasswordHasher, password: string) {
  const verdicts = new Map<string | null, boolean>()
  return async (stored: string | null): Promise<boolean> => {
    const verdict = verdicts.get(stored) ?? (await hasher.verify(password, stored))
    verdicts.set(stored, verdict)
    return verdict
  }
}

function newSession(
  { user, site }: Account,
  now: number,
  epoch: number,
  identity: { id: number; digest: string },
): SessionRow {
  const endsAt = now + SESSION_LIFETIME_MS
  return {
    ...identity,
    siteId: site.id,
    userId: user.id,
    credentialVersion: user.credentialVersion,
    epoch,
    createdAt: now,
    lastUsedAt: now,
    timeoutAt: timeoutAfterUse(now, endsAt, site.sessionExpiry),
    endsAt,
    parentId: null,
  }
}

function renewOutdatedHash(
  { hasher, afterReply }: LogInNeeds,
  ledger: LoginLedger,
  account: Account,
  password: string,
): void {
  if (account.user.passwordHash !== null && hasher.isOutdated(account.user.passwordHash))
    afterReply(hasher.hash(password).then((hash) => ledger.rehash(account, hash)))
}
