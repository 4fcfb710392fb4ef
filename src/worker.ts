import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import { type Clock, DAY } from './platform/clock.ts'
import { TripMeter } from './platform/trips.ts'
import { beat } from './regions/heartbeat.ts'
import { openServices } from './services.ts'

/** How many rows one sweep deletes at most, so that it never holds the database for long. */
const SWEEP_LIMIT = 1_000

/** The Worker: answers requests, and does the work of every minute. */
export function createWorker(clock: Clock): ExportedHandler<Env> {
  const app = createApp(clock)
  return {
    fetch: (request, env, context) => app.fetch(request, env, context),
    scheduled: (_, env, context) => everyMinute(env, context, clock),
  }
}

async function everyMinute(env: Env, context: ExecutionContext, clock: Clock): Promise<void> {
  const config = await readConfig(env)
  const services = openServices(env, config, {
    clock,
    trips: new TripMeter(),
    afterReply: (work) => context.waitUntil(work),
  })
  const work = config.regions.all.map(async (region) => {
    await beat(services.databaseIn(region), clock)
    await services.sessionsIn(region).sweep(clock(), SWEEP_LIMIT)
    await services.redemptionsIn(region).sweep(clock(), SWEEP_LIMIT)
    const oldest = clock() - config.loginHistoryDays * DAY
    await services.attemptsIn(region).sweep(oldest, SWEEP_LIMIT)
  })
  await Promise.all(work)
}
