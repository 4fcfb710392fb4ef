import { describe, expect, it, vi } from 'vitest'
import { env, type TestEnv } from './support/env.ts'
import { API, Service } from './support/service.ts'

/** The log lines of a Worker that is called with this environment. */
async function whyRefused(broken: Partial<TestEnv>, without: string[] = []): Promise<string> {
  const log = vi.spyOn(console, 'error')
  const service = new Service(broken)
  for (const name of without) delete (service.env as unknown as Record<string, unknown>)[name]
  const { status, body } = await service.ask('GET', `${API}/site`)
  expect([status, body.type]).toEqual([503, 'service-unavailable/not-configured'])
  const record = JSON.parse(String(log.mock.lastCall?.[0]))
  expect(record).toMatchObject({ status: 503, problem: 'service-unavailable/not-configured' })
  for (const told of Object.values(body)) expect(record.reason).not.toBe(told)
  return record.reason
}

const key = JSON.parse(env.SIGNING_KEYS)[0]
const region = { name: 'a', code: 1, host: 'a.localhost', database: 'DB_US_EAST_1' }

const settings: [name: keyof TestEnv, wrong: unknown[]][] = [
  ['GLOBAL_ORIGIN', ['', 'localhost:8787', 'latchkey.example.com', 'https://a.example/path']],
  [
    'REGIONS',
    ['', '[]', [], [{}], [{ ...region, code: 256 }], [region, region], [{ ...region, host: '' }]],
  ],
  ['SESSION_ID_FORMAT', ['', 'number']],
  ['SESSION_EPOCH', ['', '0', '1.5', 'one']],
  ['LOGIN_HISTORY_DAYS', ['', '0', 'ninety']],
  ['DNS_RESOLVER', ['', 'dns.example']],
  ['MAIL_TRANSPORT', ['', 'pigeon']],
]

const secrets: [name: keyof TestEnv, wrong: string[]][] = [
  [
    'SIGNING_KEYS',
    [
      '',
      '{}',
      '[]',
      JSON.stringify(key),
      JSON.stringify([{ ...key, d: undefined }]),
      JSON.stringify([{ ...key, signs_from: 'now' }]),
      JSON.stringify([{ ...key, signs_from: undefined }]),
      JSON.stringify([{ ...key, crv: 'P-384' }]),
      JSON.stringify([key, key]),
    ],
  ],
  ['PASSWORD_PEPPERS', ['', '{}', '{"1":"c2hvcnQ"}', '{"one":"x"}']],
  ['SEALING_KEYS', ['', '{}', '{"1":"c2hvcnQ"}']],
  ['STORED_SECRET_KEYS', ['', '{}', '{"1":"c2hvcnQ"}']],
  ['NAME_DIGEST_KEY', ['', 'c2hvcnQ', '%%%']],
  ['DIRECTORY_KEY', ['', 'c2hvcnQ', '%%%']],
]

describe('A Worker with an incomplete environment', () => {
  it.each(settings)('logs that %s is missing or malformed', async (name, wrong) => {
    const remedy = `The setting ${name} is missing or malformed: give it in wrangler.toml`
    expect(await whyRefused({}, [name])).toContain(remedy)
    for (const value of wrong) expect(await whyRefused({ [name]: value })).toContain(remedy)
  })

  it.each(secrets)('logs how to create and set %s, but not its value', async (name, wrong) => {
    const remedy = `The secret ${name} is missing or malformed: make it with \`npm run keys:make`
    expect(await whyRefused({}, [name])).toContain(remedy)
    for (const value of wrong) {
      const reason = await whyRefused({ [name]: value })
      expect(reason).toContain(remedy)
      expect(reason).not.toContain(key.d)
      if (value.length > 4) expect(reason).not.toContain(value)
    }
  })

  it.each([undefined, '', 'mail.example.com', 'https://u:hush@mail.example.com', 'smtp://mail'])(
    'logs that SMTP_URL cannot be %j when mail is sent by SMTP, without repeating it',
    async (url) => {
      const reason = await whyRefused({ MAIL_TRANSPORT: 'smtp', SMTP_URL: url as string })
      expect(reason).toContain('The secret SMTP_URL is missing or malformed')
      expect(reason).not.toMatch(/hush|mail\.example\.com$/)
    },
  )

  it.each(['DIRECTORY', 'KV', 'CALLER_LIMITER', 'ANONYMOUS_LIMITER', 'DB_EU_CENTRAL_1'])(
    'logs that the binding %s is missing',
    async (name) => {
      expect(await whyRefused({}, [name])).toContain(`The binding ${name} is missing`)
    },
  )

  it.each(['x', '[]', '{"sftp":"c2hvcnQ"}', '{"Upper case":""}', '{"sftp":7}'])(
    'logs that SERVICE_CREDENTIALS is malformed: %s',
    async (SERVICE_CREDENTIALS) => {
      const reason = await whyRefused({ SERVICE_CREDENTIALS })
      expect(reason).toContain('The secret SERVICE_CREDENTIALS is missing or malformed')
      expect(reason).toContain('docs/anti-automation.md')
    },
  )

  it('works again as soon as the environment is complete', async () => {
    const service = new Service({ SESSION_EPOCH: '' })
    expect((await service.ask('GET', '/health')).status).toBe(503)
    service.env.SESSION_EPOCH = '1'
    expect((await service.ask('GET', '/health')).status).toBe(200)
  })
})
