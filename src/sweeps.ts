import { and, isNotNull, isNull, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { UNUSED_PAIRING_MS } from './api-keys/api-key.ts'
import { apiKeys } from './api-keys/tables.ts'
import { credentialEvents } from './audit/tables.ts'
import type { Ctx } from './context.ts'
import { KNOWN_FOR_MS } from './login/known-callers.ts'
import { knownAddresses, loginFailures, redemptions } from './login/tables.ts'
import { sentNotices, unverifiedMails } from './notifications/tables.ts'
import { APPROVAL_LIFETIME_MS } from './pairing/pairing-key.ts'
import { pairingApprovals, pairingKeys } from './pairing/tables.ts'
import { resetCodes } from './passwords/tables.ts'
import { SESSION_LIFETIME_MS } from './sessions/session-lifetime.ts'
import { formerSessions, sessions } from './sessions/tables.ts'
import { REST_MS } from './sites/host-statements.ts'
import { releasedHosts } from './sites/tables.ts'
import { ssoSessions } from './sso/tables.ts'
import { DAY, HOUR, MINUTE } from './storage/clock.ts'
import type { Region } from './storage/region.ts'
import { FORM_IDS } from './storage/sent-forms.ts'
import {
  digestsOfMinute,
  idsOfMinute,
  isAmongOldest,
  isIn,
  numbersOfMinute,
  type Slice,
  sweepRows,
} from './storage/sweep.ts'
import { sentForms } from './storage/tables.ts'
import { SETUP_LIFETIME_MS } from './two-factor/second-factor.ts'
import { partialSessions, secondFactors, sentTexts } from './two-factor/tables.ts'

/** A used token is remembered longer than it was valid, because a use that began in time may still be in progress. */
const REDEMPTION_MARGIN_MS = 10 * MINUTE
/** Longer than any lockout looks back. */
const FAILURES_KEPT_MS = 30 * DAY
/** The period of the limits of mail and text messages. */
const NOTICES_KEPT_MS = DAY

/** Deletes up to `limit` rows that are no longer needed, and returns how many. */
export type Sweep = (limit: number) => Promise<number>

/** What the cron deletes in a region in this minute. @param historyMs how long histories are kept */
export function sweepsIn(ctx: Ctx, region: Region, historyMs: number): Record<string, Sweep> {
  const { attempts, database } = ctx.in(region)
  const now = ctx.clock()
  const ids = idsOfMinute(region.code, now)
  const sites = idsOfMinute(region.code, now, HOUR)
  const forms = numbersOfMinute(FORM_IDS, now, HOUR)
  const digests = digestsOfMinute(now)

  /**
   * The rows whose time is longer ago than `keptMs`.
   * @param options `slice`: the values of the key's first column that are swept now; `where`: only these rows
   */
  function old(
    key: [SQLiteColumn, ...SQLiteColumn[]],
    at: SQLiteColumn,
    options: { slice?: Slice<number | string>; where?: SQL | undefined; keptMs?: number } = {},
  ): Sweep {
    const { slice, keptMs = 0 } = options
    const where = and(slice && isIn(key[0], slice), options.where)
    return (limit) => sweepRows(database, { key, at, where }, { before: now - keptMs, limit })
  }

  /** The same for a table in which almost all rows live for minutes. */
  function oldest(key: SQLiteColumn, at: SQLiteColumn, keptMs = 0): Sweep {
    return old([key], at, { where: isAmongOldest(at, now - keptMs), keptMs })
  }

  return {
    'reset codes': old([resetCodes.digest], resetCodes.expiresAt, { slice: digests }),
    notices: old(
      [sentNotices.userId, sentNotices.kind, sentNotices.sentAt, sentNotices.id],
      sentNotices.sentAt,
      { slice: ids, keptMs: NOTICES_KEPT_MS },
    ),
    'unverified mails': old(
      [unverifiedMails.siteId, unverifiedMails.kind, unverifiedMails.id],
      unverifiedMails.sentAt,
      { slice: sites, keptMs: NOTICES_KEPT_MS },
    ),
    'released hosts': old([releasedHosts.host], releasedHosts.releasedAt, {
      where: isIn(releasedHosts.siteId, ids),
      keptMs: REST_MS,
    }),
    forms: old([sentForms.id], sentForms.expiresAt, { slice: forms }),
    sessions: old([sessions.id], sessions.timeoutAt, { slice: ids }),
    'former sessions': old([formerSessions.id], formerSessions.timeoutAt),
    'single sign-on': old([ssoSessions.sessionId], ssoSessions.createdAt, {
      slice: ids,
      keptMs: SESSION_LIFETIME_MS,
    }),
    'pairing keys': oldest(pairingKeys.digest, pairingKeys.expiresAt),
    approvals: oldest(pairingApprovals.digest, pairingApprovals.approvedAt, APPROVAL_LIFETIME_MS),
    'API keys': old([apiKeys.id], apiKeys.expiresAt, { slice: ids }),
    'unused API keys': old([apiKeys.id], apiKeys.createdAt, {
      slice: ids,
      where: and(isNotNull(apiKeys.pairingDigest), isNull(apiKeys.lastUsedAt)),
      keptMs: UNUSED_PAIRING_MS,
    }),
    'second factors': old([secondFactors.id], secondFactors.createdAt, {
      slice: ids,
      where: isNull(secondFactors.completedAt),
      keptMs: SETUP_LIFETIME_MS,
    }),
    'partial sessions': oldest(
      partialSessions.jti,
      partialSessions.expiresAt,
      REDEMPTION_MARGIN_MS,
    ),
    texts: old([sentTexts.id], sentTexts.sentAt, { slice: ids, keptMs: NOTICES_KEPT_MS }),
    redemptions: oldest(redemptions.jti, redemptions.expiresAt, REDEMPTION_MARGIN_MS),
    attempts: (limit) => attempts.sweep(now - historyMs, limit, sites),
    'credential events': old([credentialEvents.id], credentialEvents.createdAt, {
      slice: ids,
      keptMs: historyMs,
    }),
    'known addresses': old(
      [knownAddresses.userId, knownAddresses.callerDigest],
      knownAddresses.lastSeenAt,
      { slice: ids, keptMs: KNOWN_FOR_MS },
    ),
    failures: old([loginFailures.nameDigest], loginFailures.lastFailedAt, {
      slice: digests,
      keptMs: FAILURES_KEPT_MS,
    }),
  }
}
