import { describe, expect, it } from 'vitest'
import { unstable_readConfig } from 'wrangler'
import { makeKeys } from '../../src/cli/keys.ts'
import { type Production, whatIsLeft } from '../../src/cli/production.ts'

const local = unstable_readConfig({ config: 'wrangler.toml' })
const production = unstable_readConfig({ config: 'wrangler.toml', env: 'production' })

const region = { name: 'one', code: 1, host: 'one.login.test', database: 'DB_ONE' }
const complete: Production = {
  vars: { GLOBAL_ORIGIN: 'https://login.test', REGIONS: [region] },
  routes: [
    { pattern: 'login.test', custom_domain: true },
    { pattern: '*.login.test/*', zone_name: 'login.test' },
  ],
  kv_namespaces: [{ binding: 'KV', id: '0' }],
  ratelimits: production.ratelimits,
  d1_databases: [
    { binding: 'DIRECTORY', database_id: '1' },
    { binding: 'DB_ONE', database_id: '2' },
  ],
} as unknown as Production

describe('The check before a deploy', () => {
  it('finds nothing when all is filled in', () => {
    expect(whatIsLeft(complete)).toEqual([])
  })

  it('finds every example value', () => {
    const vars = { ...complete.vars, GLOBAL_ORIGIN: 'https://latchkey.example.com' }
    const routes = [
      ...(complete.routes ?? []),
      { pattern: '*.example.com/*', zone_name: 'example.com' },
    ]
    const d1_databases = [
      ...complete.d1_databases,
      { binding: 'DB_TWO', database_id: 'replace-with-the-id-of-two' },
    ]
    expect(whatIsLeft({ ...complete, vars, routes, d1_databases } as Production)).toEqual([
      'routes.2.pattern is still *.example.com/*',
      'routes.2.zone_name is still example.com',
      'vars.GLOBAL_ORIGIN is still https://latchkey.example.com',
      'd1_databases.2.database_id is still replace-with-the-id-of-two',
    ])
  })

  it.each<[string, Partial<Production>]>([
    ['GLOBAL_ORIGIN', { vars: { ...complete.vars, GLOBAL_ORIGIN: 'http://login.test' } }],
    [
      'There is no rate limit CALLER_NAME_LIMITER.',
      { ratelimits: complete.ratelimits.filter(({ name }) => name !== 'CALLER_NAME_LIMITER') },
    ],
    ['The region one has no database', { d1_databases: [] }],
    ['No route leads to one.login.test', { routes: [{ pattern: 'login.test' }] as never }],
    ['No route leads to one.login.test', { routes: [] }],
  ])('says what is wrong: %s', (said, wrong) => {
    const left = whatIsLeft({ ...complete, ...wrong })
    expect(left).toEqual([expect.stringContaining(said)])
  })
})

describe('wrangler.toml', () => {
  it('gives production every setting and binding of the local service', () => {
    const names = ({ vars, kv_namespaces, d1_databases, ratelimits }: Production) => [
      ...Object.keys(vars),
      ...[...kv_namespaces, ...d1_databases].map(({ binding }) => binding),
      ...ratelimits.map(({ name }) => name),
    ]
    expect(names(production)).toEqual(expect.arrayContaining(names(local)))
    expect(production.triggers).toEqual(local.triggers)
    for (const setting of ['compatibility_date', 'compatibility_flags'] as const)
      expect(production[setting]).toEqual(local[setting])
  })

  it('lists the secrets that keys:make creates, with the operator’s as optional', async () => {
    const { OPERATOR_TOKEN: _, ...needed } = await makeKeys()
    expect(production.secrets?.required).toEqual(Object.keys(needed))
  })

  it('keeps URLs, which contain secrets, out of logs and traces', () => {
    expect(production.observability).toEqual({
      enabled: true,
      redact_query_string: true,
      logs: { enabled: true, invocation_logs: false },
      traces: { enabled: false },
    })
  })

  it('is served at its own hosts only, and its routes do not affect the local service', () => {
    expect(production).toMatchObject({ workers_dev: false, preview_urls: false })
    expect(local.routes).toBeUndefined()
  })
})
