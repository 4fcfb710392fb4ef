import { describe, expect, it, vi } from 'vitest'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { productionLimits } from '../support/production-limits.ts'
import { API, Service } from '../support/service.ts'

const TOKEN = 'c2Z0cC1ldS1iZWFycy10aGlzLXRva2VuLW9mLTMyLWJ5dGVz'
const OTHER_TOKEN = 'ZnRwLXVzLWJlYXJzLXRoaXMtb3RoZXItb25lLW9mLTMyLWJ5dGVz'
const SERVICE_CREDENTIALS = JSON.stringify({ 'sftp-eu': TOKEN, 'ftp-us': OTHER_TOKEN })
const FRONT_END = '198.51.100.1'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }

/** The headers that a front end sends for a person at this IP address. */
function onBehalfOf(address: string, token = TOKEN) {
  return {
    headers: {
      'CF-Connecting-IP': FRONT_END,
      'X-Latchkey-Service': token,
      'X-Latchkey-Client-Address': address,
    },
  }
}

async function serviceWithUser(changes = {}): Promise<Service> {
  const service = new Service({ SERVICE_CREDENTIALS, ...changes })
  await service.createUser(await service.createSite())
  return service
}

async function addressesRecorded(): Promise<unknown[]> {
  const { results } = await env.DB_US_EAST_1.prepare(
    `SELECT address FROM ${EVERY_ATTEMPT} ORDER BY address`,
  ).all<{ address: string }>()
  return results.map(({ address }) => address)
}

describe('A service with its credential', () => {
  it('acts for many people, each with their own rate limit', async () => {
    const service = await serviceWithUser(productionLimits)
    const guessFor = (address: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, nth) =>
          service.logIn({ username: `name ${nth}`, password: 'a guess' }, onBehalfOf(address)),
        ),
      )
    const statuses = new Set((await guessFor('203.0.113.7', 30)).map(({ status }) => status))
    expect(statuses).toEqual(new Set([401]))
    expect((await service.logIn(right, onBehalfOf('203.0.113.7'))).status).toBe(429)
    expect((await service.logIn(right, onBehalfOf('203.0.113.8'))).status).toBe(201)
    expect((await service.logIn(right, onBehalfOf('203.0.113.7', OTHER_TOKEN))).status).toBe(429)
    const ownName = { headers: { 'CF-Connecting-IP': FRONT_END } }
    expect((await service.logIn(right, ownName)).status).toBe(201)
  })

  it('records the person’s IP address in the login history, in normalized form', async () => {
    const service = await serviceWithUser()
    for (const address of ['203.0.113.7', '2001:DB8:0::7', '::ffff:203.0.113.9', ' 203.0.113.8 '])
      await service.logIn(right, onBehalfOf(address))
    const { 'X-Latchkey-Client-Address': _, ...itself } = onBehalfOf('').headers
    await service.logIn(right, { headers: itself })
    expect(await addressesRecorded()).toEqual([
      FRONT_END,
      ...['2001:db8::7', '203.0.113.7', '203.0.113.8', '203.0.113.9'],
    ])
  })

  it.each([
    '',
    'localhost',
    '203.0.113.7:2022',
    '203.0.113.7, 203.0.113.8',
    'fe80::1%eth0',
    '::1/64',
  ])('is refused for an invalid IP address: %s', async (address) => {
    const service = await serviceWithUser()
    const { status, body } = await service.logIn(right, onBehalfOf(address))
    expect([status, body.type]).toEqual([400, 'bad-request/request-params-invalid'])
    expect(body.error).toContain('X-Latchkey-Client-Address')
    expect(await addressesRecorded()).toEqual([])
  })

  it('is named in the log, without its token or the person’s IP address', async () => {
    const service = await serviceWithUser()
    const log = vi.spyOn(console, 'log')
    await service.logIn(right, onBehalfOf('203.0.113.7'))
    await service.logIn(right, onBehalfOf('not-an-address-but-a-secret'))
    const lines = log.mock.calls.map(([line]) => String(line))
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ status: 201, service: 'sftp-eu' })
    for (const secret of [TOKEN, '203.0.113.7', FRONT_END, 'not-an-address'])
      expect(lines.join()).not.toContain(secret)
  })
})

describe('A caller without the credential', () => {
  const wrong = {
    'of another service’s length': OTHER_TOKEN.slice(0, -1),
    'with one character changed': `${TOKEN.slice(0, -1)}A`,
    'in other letter case': TOKEN.toLowerCase(),
    'that is empty': '',
    'that is a service’s name': 'sftp-eu',
    'sent twice': `${TOKEN}, ${TOKEN}`,
    'that is the operator’s': env.OPERATOR_TOKEN ?? '',
  }

  it.each(Object.entries(wrong))('is refused with a token %s', async (_, token) => {
    const service = await serviceWithUser()
    const { status, body, trips } = await service.logIn(right, onBehalfOf('203.0.113.7', token))
    expect([status, body.type]).toEqual([401, 'not-authenticated/invalid-credentials'])
    expect(trips).toEqual([])
  })

  it.each(['/health', '/forgot', `${API}/site`])(
    'is refused with a wrong token everywhere: %s',
    async (path) => {
      const service = await serviceWithUser()
      const { status, body } = await service.ask('GET', path, onBehalfOf('203.0.113.7', 'wrong'))
      expect([status, body.type]).toEqual([401, 'not-authenticated/invalid-credentials'])
    },
  )

  it.each([undefined, '', '{}'])(
    'is refused with any token when no service is configured: %s',
    async (credentials) => {
      const service = await serviceWithUser({ SERVICE_CREDENTIALS: credentials })
      expect((await service.logIn(right, onBehalfOf('203.0.113.7'))).status).toBe(401)
    },
  )

  it.each(['203.0.113.66', 'not an address'])(
    'sends an IP address that has no effect: %s',
    async (stated) => {
      const service = await serviceWithUser()
      const { 'X-Latchkey-Service': _, ...headers } = onBehalfOf(stated).headers
      expect((await service.logIn(right, { headers })).status).toBe(201)
      expect(await addressesRecorded()).toEqual([FRONT_END])
    },
  )

  it('cannot be a browser, since CORS allows these headers to no origin', async () => {
    const service = await serviceWithUser({ ALLOWED_ORIGINS: 'https://app.example' })
    const { headers } = await service.ask('OPTIONS', `${API}/sessions`, {
      headers: {
        Origin: 'https://app.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'x-latchkey-service, x-latchkey-client-address',
      },
    })
    expect(headers.get('Access-Control-Allow-Headers')).not.toMatch(/latchkey/i)
  })
})
