import { type Unstable_Config, unstable_readConfig } from 'wrangler'
import { limiters } from '../http/rate-limits.ts'

/** The production environment as wrangler reads it from wrangler.toml. */
export type Production = Pick<
  Unstable_Config,
  'd1_databases' | 'kv_namespaces' | 'ratelimits' | 'routes' | 'vars'
>

export function readProduction(): Production {
  return unstable_readConfig({ config: 'wrangler.toml', env: 'production' })
}

/** What must be changed in wrangler.toml before a deploy, each as a sentence. */
export function whatIsLeft(production: Production): string[] {
  const { d1_databases, kv_namespaces, ratelimits, routes, vars } = production
  return [
    ...placeholdersIn({ routes, vars, kv_namespaces, d1_databases }),
    ...wrongOrigin(vars.GLOBAL_ORIGIN),
    ...limiters
      .filter((limiter) => !ratelimits.some(({ name }) => name === limiter))
      .map((limiter) => `There is no rate limit ${limiter}.`),
    ...regionsOf(production).flatMap(({ name, host, database }) => [
      ...(d1_databases.some(({ binding }) => binding === database)
        ? []
        : [`The region ${name} has no database: no binding ${database}.`]),
      ...(isRouted(host, routes) ? [] : [`No route leads to ${host}, the host of ${name}.`]),
    ]),
  ]
}

interface RegionSetting {
  name: string
  host: string
  database: string
}

function regionsOf({ vars }: Production): RegionSetting[] {
  const regions: unknown = vars.REGIONS
  return Array.isArray(regions) ? regions : []
}

/** The placeholders in a value, each with its path. */
function placeholdersIn(value: unknown, at = ''): string[] {
  if (typeof value === 'string')
    return /\bexample\.com\b|^replace-with-/.test(value) ? [`${at} is still ${value}`] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) =>
    placeholdersIn(part, at === '' ? name : `${at}.${name}`),
  )
}

function wrongOrigin(origin: unknown): string[] {
  return String(origin).startsWith('https://') ? [] : ['GLOBAL_ORIGIN does not begin with https://']
}

function isRouted(host: string, routes: Production['routes']): boolean {
  return (routes ?? []).some((route) => {
    const pattern = typeof route === 'string' ? route : route.pattern
    const [routed = ''] = pattern.split('/')
    return routed === host || (routed.startsWith('*') && host.endsWith(routed.slice(1)))
  })
}
