import { describe, expect, it } from 'vitest'
import { fullPath } from '../../src/http/route.ts'
import { routes } from '../../src/routes.ts'
import { env } from '../support/env.ts'
import { productionLimits } from '../support/production-limits.ts'
import { API, Service } from '../support/service.ts'

const host = 'mysite.localhost'
const own = `http://${host}`
const PAIRING = `${API}/sessions/pairing_key/a1B2c3D4`

type Sent = Record<string, string>

/** The headers that a browser sends with a cross-site request. */
const fromElsewhere: [string, Sent][] = [
  ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
  ['a sibling tenant', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://evil.localhost' }],
  ['a page that hides its origin', { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }],
  ['another site that sends no Origin', { 'Sec-Fetch-Site': 'cross-site' }],
  ['an impossible Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin, cross-site' }],
  ['an empty Sec-Fetch-Site', { 'Sec-Fetch-Site': '' }],
  ['another site, in an old browser', { Origin: 'https://evil.example' }],
  ['a hidden origin, in an old browser', { Origin: 'null' }],
  ['a sibling tenant, in an old browser', { Origin: 'http://evil.localhost' }],
  ['another port of the host', { Origin: `${own}:8080` }],
  ['another scheme of the host', { Origin: `https://${host}` }],
  ['a longer name', { Origin: `${own}.evil.example` }],
]

const fromHere: [string, Sent][] = [
  ['a page of the host', { 'Sec-Fetch-Site': 'same-origin', Origin: own }],
  ['a page of the host that hides its origin', { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }],
  ['the address bar', { 'Sec-Fetch-Site': 'none' }],
  ['a page of the host, in an old browser', { Origin: own }],
  ['a program', {}],
]

const anonymous = routes.filter(
  ({ access, method }) => ['anyone', 'password'].includes(access.name) && method !== 'GET',
)
const pages = routes.filter(
  ({ mediaType, method }) => mediaType === 'text/html' && method !== 'GET',
)
const pathOf = (route: (typeof routes)[number]) => fullPath(route).replace(/:\w+/, '12345678')

async function open(changes: ConstructorParameters<typeof Service>[0] = {}) {
  const service = new Service(changes)
  const site = await service.createSite()
  await service.createUser(site)
  const send = (path: string, headers: Sent, body: Record<string, unknown> = {}) =>
    service.ask('POST', path, { host, headers, body, bare: true })
  return { service, send }
}

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const refusal = [403, 'not-authorized/cross-site-request']

describe('A request without a credential', () => {
  it.each(fromElsewhere)('is refused when sent by %s', async (_, headers) => {
    const { send } = await open()
    expect(anonymous.length).toBeGreaterThan(12)
    // From then on it is known which origins the site allows.
    await send(`${API}/sessions`, headers)
    for (const route of anonymous) {
      const answer = await send(pathOf(route), headers)
      expect([answer.status, answer.headers.get('X-Files-Error-Class')], route.path).toEqual(
        refusal,
      )
      expect(answer.trips, route.path).toEqual([])
    }
  })

  it.each(fromHere)('is accepted when sent by %s', async (_, headers) => {
    const { send } = await open()
    expect((await send(`${API}/sessions`, headers, right)).status).toBe(201)
    expect((await send(PAIRING, headers)).status).toBe(404)
  })

  it('is refused even with a credential that the route does not read', async () => {
    const { send } = await open({ ALLOWED_ORIGINS: '*' })
    const from = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
    for (const sent of [{ 'X-FilesAPI-Key': 'x' }, { 'X-FilesAPI-Auth': 'x' }, { Cookie: 'x=y' }])
      expect((await send(PAIRING, { ...from, ...sent })).status).toBe(403)
  })

  it('from another site locks no known IP address out, and uses up nobody’s rate limit', async () => {
    const { service, send } = await open(productionLimits)
    const at = { 'CF-Connecting-IP': '203.0.113.7' }
    expect((await send(`${API}/sessions`, at, right)).status).toBe(201)
    const form = { ...at, 'Content-Type': 'application/x-www-form-urlencoded' }
    const sent = await Promise.all(
      Array.from({ length: 60 }, (_, nth) =>
        service.ask('POST', `${API}/sessions`, {
          host,
          headers: { ...form, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
          body: `username=sessionuser&password=wrong${nth}`,
        }),
      ),
    )
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([403]))
    expect(await env.DB_US_EAST_1.prepare('SELECT * FROM login_failures').first()).toBeNull()
    expect((await send(`${API}/sessions`, at, right)).status).toBe(201)
  })
})

describe('An origin allowed by CORS', () => {
  const named = { Origin: 'https://app.example', 'Sec-Fetch-Site': 'cross-site' }

  it('can log in and request a reset, but fetches no pairing and sends no form of a page', async () => {
    const { send } = await open({ ALLOWED_ORIGINS: 'https://app.example https://other.example' })
    expect((await send(`${API}/sessions`, named, right)).status).toBe(201)
    expect((await send(`${API}/sessions/forgot`, named, right)).status).toBe(204)
    expect((await send(PAIRING, named)).status).toBe(403)
    for (const route of pages) expect((await send(pathOf(route), named)).status).toBe(403)
    const others = [
      'https://app.example.evil.example',
      'https://APP.example',
      'null',
      'http://app.example',
    ]
    for (const Origin of others)
      expect((await send(`${API}/sessions`, { ...named, Origin }, right)).status).toBe(403)
  })

  it.each(['navigate', 'no-cors', 'websocket'])(
    'can call by scripts with CORS only, not in the mode %s',
    async (mode) => {
      const { send } = await open({ ALLOWED_ORIGINS: 'https://app.example' })
      const by = (one: string) => ({ ...named, 'Sec-Fetch-Mode': one })
      expect((await send(`${API}/sessions`, by(mode), right)).status).toBe(403)
      expect((await send(`${API}/sessions`, by('cors'), right)).status).toBe(201)
    },
  )

  it.each(['*', '* https://other.example'])('is not granted by the setting %s', async (setting) => {
    const { send } = await open({ ALLOWED_ORIGINS: setting })
    expect((await send(`${API}/sessions`, named, right)).status).toBe(403)
  })

  it('can be listed beside *', async () => {
    const { send } = await open({ ALLOWED_ORIGINS: '* https://app.example' })
    expect((await send(`${API}/sessions`, named, right)).status).toBe(201)
  })

  it('gets no pairing: neither a preflight nor a reply allows it', async () => {
    for (const ALLOWED_ORIGINS of ['https://app.example', '*']) {
      const service = new Service({ ALLOWED_ORIGINS })
      const preflight = { ...named, 'Access-Control-Request-Method': 'POST' }
      const asked = await service.ask('OPTIONS', PAIRING, { host, headers: preflight })
      const refused = await service.ask('POST', PAIRING, { host, headers: named })
      for (const { headers } of [asked, refused])
        expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
    }
  })
})

describe('The form of a page', () => {
  it.each([...fromElsewhere, ['no page', {}] as [string, Sent]])(
    'is refused on every route when it is from %s',
    async (_, headers) => {
      const { service, send } = await open()
      const { headers: entered } = await service.ask('POST', '/login', { host, body: right })
      const Cookie = (entered.getSetCookie()[0] ?? '').split(';')[0] ?? ''
      expect(Cookie).toMatch(/^__Host-latchkey=[0-9a-f]{40}$/)
      expect(pages.length).toBeGreaterThan(30)
      for (const route of pages) {
        const answer = await send(pathOf(route), { ...headers, Cookie }, { locale: 'de' })
        expect([answer.status, answer.headers.get('X-Files-Error-Class')], route.path).toEqual(
          refusal,
        )
        expect(answer.trips, route.path).toEqual([])
      }
      expect((await service.ask('GET', '/account', { host, headers: { Cookie } })).status).toBe(200)
    },
  )

  it('is refused without an origin even when a header carries a credential', async () => {
    const { service, send } = await open()
    const { body } = await service.logIn(right, {
      host,
      headers: { 'User-Agent': 'Files.com Ruby SDK v1' },
    })
    const headers = { 'X-FilesAPI-Auth': body.id }
    expect((await send('/account/language', headers, { language: 'de' })).status).toBe(403)
  })
})
