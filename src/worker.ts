import type { Entry } from './answer-route.ts'
import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import type { Ctx } from './context.ts'
import { logFailure } from './http/log.ts'
import { KNOWN_FOR_MS, sweepKnownAddresses } from './login/known-callers.ts'
import { workDue } from './notifications/work-outbox.ts'
import { APPROVAL_LIFETIME_MS } from './pairing/pairing-key.ts'
import { openServices } from './services.ts'
import { SESSION_LIFETIME_MS } from './sessions/session-lifetime.ts'
import { recheckDomains } from './sites/recheck-domains.ts'
import { REST_MS, sweepReleasedHosts } from './sites/released-hosts.ts'
import { DAY, HOUR, MINUTE } from './storage/clock.ts'
import { beat } from './storage/heartbeat.ts'
import type { Region } from './storage/region.ts'
import { RoundTripMeter } from './storage/round-trips.ts'
import { digestsOfMinute, idsOfMinute } from './storage/slices.ts'

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
async function everyMinute(env: Env, { clock, openMessengers, hashCost }: Entry): Promise<void> {
  const config = await readConfig(env)
  const afterReply = () => undefined
  const ctx = openServices(env, config, {
    clock,
    hashCost,
    trips: new RoundTripMeter(),
    afterReply,
    messengers: openMessengers(env, config),
  })
  const { loginHistoryDays } = config
  await Promise.all(
    config.regions.all.flatMap((region) =>
      Object.entries(tasksIn(region, ctx, { now: clock(), loginHistoryDays })).map(([task, work]) =>
        logFailure(work(), `${task} in ${region.name}`),
      ),
    ),
  )
}

function tasksIn(
  region: Region,
  ctx: Ctx,
  { now, loginHistoryDays }: { now: number; loginHistoryDays: number },
): Record<string, () => Promise<unknown>> {
  const stores = ctx.in(region)
  const ids = idsOfMinute(region.code, now)
  const digests = digestsOfMinute(now)
  const sites = idsOfMinute(region.code, now, HOUR)
  return {
    beat: () => beat(stores.database, ctx.clock),
    'work outbox': () => workDue(ctx, stores.outbox),
    'check domains': () => recheckDomains(ctx, region),
    'sweep reset codes': () => sweepAll((limit) => stores.resetCodes.sweep(now, limit, digests)),
    'sweep notices': () =>
      sweepAll((limit) => stores.sentNotices.sweep(now - NOTICES_KEPT_MS, limit, ids)),
    'sweep unverified mails': () =>
      sweepAll((limit) => stores.unverifiedMails.sweep(now - NOTICES_KEPT_MS, limit, sites)),
    'sweep released hosts': () =>
      sweepAll((limit) => sweepReleasedHosts(stores.database, now - REST_MS, limit)),
    'sweep forms': () => sweepAll((limit) => stores.forms.sweep(now, limit)),
    'sweep sessions': () => sweepAll((limit) => stores.sessions.sweep(now, limit, ids)),
    'sweep former sessions': () => sweepAll((limit) => stores.sessions.sweepFormer(now, limit)),
    'sweep single sign-on': () =>
      sweepAll((limit) => stores.ssoSessions.sweep(now - SESSION_LIFETIME_MS, limit)),
    'sweep pairing keys': () => sweepAll((limit) => stores.pairingPointers.sweep(now, limit)),
    'sweep approvals': () =>
      sweepAll((limit) => stores.pairings.sweep(now - APPROVAL_LIFETIME_MS, limit)),
    'sweep API keys': () => sweepAll((limit) => stores.apiKeys.sweep(now, limit)),
    'sweep second factors': () => sweepAll((limit) => stores.secondFactors.sweep(now, limit)),
    'sweep partial sessions': () =>
      sweepAll((limit) => stores.partialSessions.sweep(now - REDEMPTION_MARGIN_MS, limit)),
    'sweep texts': () => sweepAll((limit) => stores.sentTexts.sweep(now - NOTICES_KEPT_MS, limit)),
    'sweep redemptions': () =>
      sweepAll((limit) => stores.redemptions.sweep(now - REDEMPTION_MARGIN_MS, limit)),
    'sweep attempts': () =>
      sweepAll((limit) => stores.attempts.sweep(now - loginHistoryDays * DAY, limit, sites)),
    'sweep credential events': () =>
      sweepAll((limit) => stores.credentialEvents.sweep(now - loginHistoryDays * DAY, limit)),
    'sweep known addresses': () =>
      sweepAll((limit) =>
        sweepKnownAddresses(stores.database, { before: now - KNOWN_FOR_MS, limit, users: ids }),
      ),
    'sweep failures': () =>
      sweepAll((limit) => stores.refusals.sweep(now - FAILURES_KEPT_MS, limit, digests)),
  }
}

/** Sweeps until few rows are left, or this run has reached its limit. */
async function sweepAll(sweep: (limit: number) => Promise<number>): Promise<void> {
  for (let round = 0; round < MOST_SWEEPS; round++)
    if ((await sweep(SWEEP_LIMIT)) < SWEEP_LIMIT) return
}
