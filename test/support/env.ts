import type { D1Migration } from 'cloudflare:test'
import { env as bound } from 'cloudflare:workers'

export interface TestEnv extends Env {
  DB_US_EAST_1: D1Database
  DB_US_EAST_1_REPLICA: D1Database
  DB_EU_CENTRAL_1: D1Database
  DB_EU_CENTRAL_1_REPLICA: D1Database
  DIRECTORY_REPLICA: D1Database
  /** An empty database for testing migrations. */
  DB_OF_BEFORE: D1Database
  PRODUCTION_CALLER_LIMITER: RateLimit
  PRODUCTION_CALLER_NAME_LIMITER: RateLimit
  PRODUCTION_ANONYMOUS_LIMITER: RateLimit
  /** The requests per minute that each limiter allows for a key. */
  PRODUCTION_LIMITS: Record<'CALLER_LIMITER' | 'CALLER_NAME_LIMITER' | 'ANONYMOUS_LIMITER', number>
  MIGRATIONS: { region: D1Migration[]; directory: D1Migration[] }
}

/** Every database with the folder of its migrations. */
export const databases = {
  DB_US_EAST_1: 'region',
  DB_US_EAST_1_REPLICA: 'region',
  DB_EU_CENTRAL_1: 'region',
  DB_EU_CENTRAL_1_REPLICA: 'region',
  DIRECTORY: 'directory',
  DIRECTORY_REPLICA: 'directory',
} as const

export type DatabaseName = keyof typeof databases

/** The stores that were used since they were last emptied; emptying the others would be wasted time. */
export const touched = new Set<string>()

const stores = [...Object.keys(databases), 'KV']

/** The bindings of the Worker under test. */
export const env = Object.fromEntries(
  Object.entries(bound).map(([name, binding]) => [
    name,
    stores.includes(name) ? noting(name, binding) : binding,
  ]),
) as unknown as TestEnv

/** The same store, which is recorded as used with every call. */
function noting(name: string, store: object): object {
  return new Proxy(store, {
    get(target, member) {
      const value = Reflect.get(target, member, target)
      if (typeof value !== 'function' || member === 'constructor') return value
      return (...args: unknown[]) => {
        touched.add(name)
        return value.apply(target, args)
      }
    },
  })
}
