import type { Outbox } from '../outbox/outbox.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region } from '../regions/region.ts'
import type { Account } from '../users/account.ts'
import { countersFor, guessDigest } from './failure-counter.ts'
import { callerDigest } from './known-callers.ts'
import type { LoginLedger } from './login-ledger.ts'

export interface ReauthenticateNeeds {
  clock: Clock
  nameDigestKey: CryptoKey
  hasher: PasswordHasher
  ledgerIn: (region: Region) => LoginLedger
  outboxIn: (region: Region) => Outbox
}

/**
 * Verifies the password of a user that is known by its session or key. A wrong one counts as a failed
 * log in at the site, so that a stolen session is no way to guess.
 * @throws {Problem} reauthentication-failed; reauthentication-rate-limited while the name is locked
 */
export async function reauthenticate(
  needs: ReauthenticateNeeds,
  { region, account, request }: { region: Region; account: Account; request: RequestFacts },
  password: string,
): Promise<void> {
  const { clock, nameDigestKey: key, hasher } = needs
  const { user, site } = account
  const nameKey = user.usernameKey
  const caller = await callerDigest(key, request)
  const attempt = {
    ...{
      nameKey,
      siteId: site.id,
      callerDigest: caller,
      rememberedDigest: null,
      at: clock(),
      id: newId(region.code),
    },
    counters: await countersFor(key, { nameKey, siteId: site.id }, caller),
    guess: await guessDigest(key, { nameKey, password }),
    scope: { kind: 'any', region: null } as const,
    username: user.username,
    address: request.address,
    userAgent: request.userAgent,
    requestId: request.id,
  }
  const ledger = needs.ledgerIn(region)
  const known = await ledger.findAtPrimary(attempt)
  if (known.lockedUntil !== null && known.lockedUntil > attempt.at)
    throw new Problem('rate-limited/reauthentication-rate-limited', {
      headers: { 'Retry-After': String(Math.ceil((known.lockedUntil - attempt.at) / 1_000)) },
    })
  const isRight = await hasher.verify(password, known.account?.user.passwordHash ?? null)
  if (isRight && known.account?.user.id === user.id) return
  const content = { nameKey, siteId: site.id, address: request.address, language: 'en' }
  const lockNotice = await needs.outboxIn(region).prepare('lock-notice', content, attempt.at)
  await ledger.refuse(attempt, known, {
    outcome: 'password_mismatch',
    lockNotice: { ...lockNotice, nextAttemptAt: attempt.at },
  })
  throw new Problem('not-authorized/reauthentication-failed')
}
