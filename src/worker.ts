import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import type { Ctx } from './context.ts'
import { logFailure } from './http/log.ts'
import { KNOWN_FOR_MS, sweepKnownAddresses } from './login/known-callers.ts'
import { workDue } from './notifications/work-outbox.ts'
import { APPROVAL_LIFETIME_MS } from './pairing/pairing-key.ts'
import { type Entry, openServices } from './services.ts'
import { SESSION_LIFETIME_MS } from './sessions/session-lifetime.ts'
import { recheckDomains } from './sites/recheck-domains.ts'
import { REST_MS, sweepReleasedHosts } from './sites/released-hosts.ts'
import { DAY, HOUR, MINUTE } from './storage/clock.ts'
import { beat } from './storage/heartbeat.ts'
import type { Region } from './storage/region.ts'
import { FORM_IDS } from './storage/sent-forms.ts'
import { digestsOfMinute, idsOfMinute, numbersOfMinute } from './storage/slices.ts'

/** The most rows that one statement deletes, so that it never blocks the database for long. */
const SWEEP_LIMIT = 1_000
const MOST_SWEEPS = 20

/** A used token is remembered longer than it was valid, because a use that began in time may still be in progress. */
const REDEMPTION_MARGIN_MS = 10 * MINUTE
/** Longer than any lockout looks back. */
const FAILURES_KEPT_MS = 30 * DAY
/** The period of the limits of mail and text messages. */
const NOTICES_KEPT_MS = DAY

/** The Worker: answers requests, and does the cron's work each minute. */
export function createWorker(entry: Entry): ExportedHandler<Env> {
  const app = createApp(entry)
  return {
    fetch: (request, env, context) => app.fetch(request, env, context),
    scheduled: (_, env) => logFailure(everyMinute(env, entry), 'every minute'),
  }
}

/** Each task of each region runs even if others fail. */
async function everyMinute(env: Env, entry: Entry): Promise<void> {
  const config = await readConfig(env)
  const ctx = openServices(env, config, entry)
  const historyMs = config.loginHistoryDays * DAY
  const works = config.regions.all.flatMap((region) => {
    const sweeps = Object.entries(sweepsIn(ctx, region, historyMs))
    const tasks: [string, Promise<unknown>][] = [
      ['beat', beat(ctx.in(region).database, ctx.clock)],
      ['work outbox', workDue(ctx, ctx.in(region).outbox)],
      ['check domains', recheckDomains(ctx, region)],
      ...sweeps.map(([rows, sweep]): [string, Promise<void>] => [`sweep ${rows}`, sweepAll(sweep)]),
    ]
    return tasks.map(([task, work]) => logFailure(work, `${task} in ${region.name}`))
  })
  await Promise.all(works)
}

/** Deletes up to `limit` rows that are no longer needed, and returns how many. */
type Sweep = (limit: number) => Promise<number>

function sweepsIn(ctx: Ctx, region: Region, historyMs: number): Record<string, Sweep> {
  const stores = ctx.in(region)
  const now = ctx.clock()
  const ids = idsOfMinute(region.code, now)
  const digests = digestsOfMinute(now)
  const sites = idsOfMinute(region.code, now, HOUR)
  const forms = numbersOfMinute(FORM_IDS, now, HOUR)
  return {
    'reset codes': (limit) => stores.resetCodes.sweep(now, limit, digests),
    notices: (limit) => stores.sentNotices.sweep(now - NOTICES_KEPT_MS, limit, ids),
    'unverified mails': (limit) =>
      stores.unverifiedMails.sweep(now - NOTICES_KEPT_MS, limit, sites),
    'released hosts': (limit) =>
      sweepReleasedHosts(stores.database, { before: now - REST_MS, limit, sites: ids }),
    forms: (limit) => stores.forms.sweep(now, limit, forms),
    sessions: (limit) => stores.sessions.sweep(now, limit, ids),
    'former sessions': (limit) => stores.sessions.sweepFormer(now, limit),
    'single sign-on': (limit) => stores.ssoSessions.sweep(now - SESSION_LIFETIME_MS, limit, ids),
    'pairing keys': (limit) => stores.pairingPointers.sweep(now, limit),
    approvals: (limit) => stores.pairings.sweep(now - APPROVAL_LIFETIME_MS, limit),
    'API keys': (limit) => stores.apiKeys.sweep(now, limit),
    'second factors': (limit) => stores.secondFactors.sweep(now, limit),
    'partial sessions': (limit) => stores.partialSessions.sweep(now - REDEMPTION_MARGIN_MS, limit),
    texts: (limit) => stores.sentTexts.sweep(now - NOTICES_KEPT_MS, limit, ids),
    redemptions: (limit) => stores.redemptions.sweep(now - REDEMPTION_MARGIN_MS, limit),
    attempts: (limit) => stores.attempts.sweep(now - historyMs, limit, sites),
    'credential events': (limit) => stores.credentialEvents.sweep(now - historyMs, limit, ids),
    'known addresses': (limit) =>
      sweepKnownAddresses(stores.database, { before: now - KNOWN_FOR_MS, limit, users: ids }),
    failures: (limit) => stores.refusals.sweep(now - FAILURES_KEPT_MS, limit, digests),
  }
}

/** Sweeps until few rows are left, or this run has reached its limit. */
async function sweepAll(sweep: Sweep): Promise<void> {
  for (let round = 0; round < MOST_SWEEPS; round++)
    if ((await sweep(SWEEP_LIMIT)) < SWEEP_LIMIT) return
}
