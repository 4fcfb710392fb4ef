import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import { logFailure } from './http/log.ts'
import { workDue } from './notifications/work-outbox.ts'
import { type Entry, openServices } from './services.ts'
import { recheckDomains } from './sites/recheck-domains.ts'
import { DAY } from './storage/clock.ts'
import { beat } from './storage/heartbeat.ts'
import { type Sweep, sweepsIn } from './sweeps.ts'

/** The most rows that one statement deletes, so that it never blocks the database for long. */
const SWEEP_LIMIT = 1_000
const MOST_SWEEPS = 20

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

/** Sweeps until few rows are left, or this run has reached its limit. */
async function sweepAll(sweep: Sweep): Promise<void> {
  for (let round = 0; round < MOST_SWEEPS; round++)
    if ((await sweep(SWEEP_LIMIT)) < SWEEP_LIMIT) return
}
