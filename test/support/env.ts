import type { D1Migration } from 'cloudflare:test'
import { env as bound } from 'cloudflare:workers'

export interface TestEnv extends Env {
  DB_US_EAST_1: D1Database
  DB_US_EAST_1_REPLICA: D1Database
  DB_EU_CENTRAL_1: D1Database
  DB_EU_CENTRAL_1_REPLICA: D1Database
  DIRECTORY_REPLICA: D1Database
  PRODUCTION_CALLER_LIMITER: RateLimit
  PRODUCTION_CALLER_NAME_LIMITER: RateLimit
  PRODUCTION_ANONYMOUS_LIMITER: RateLimit
  MIGRATIONS: { region: D1Migration[]; directory: D1Migration[] }
}

export const env = bound as unknown as TestEnv

/** Every database, with the folder of its migrations. */
export function databases() {
  const region = [
    env.DB_US_EAST_1,
    env.DB_US_EAST_1_REPLICA,
    env.DB_EU_CENTRAL_1,
    env.DB_EU_CENTRAL_1_REPLICA,
  ]
  const directory = [env.DIRECTORY, env.DIRECTORY_REPLICA]
  return [
    ...region.map((database) => ({ database, migrations: 'region' as const })),
    ...directory.map((database) => ({ database, migrations: 'directory' as const })),
  ]
}
