import { describe, expect, it } from 'vitest'
import { messagesFor } from '../../src/messages/messages.ts'
import { MINUTE } from '../../src/storage/clock.ts'
import { productionLimits } from '../support/production-limits.ts'
import { API, SDK, Service } from '../support/service.ts'

const APP = 'https://app.example.com'
const OWN = 'mysite.localhost'
const PAIRING = `${API}/sessions/pairing_key/a1B2c3D4`
const right = { username: 'sessionuser', password: 'sessionuserpassword' }

/** The headers of a browser at a page of an origin. */
const from = (origin: string) => ({ Origin: origin, 'Sec-Fetch-Site': 'cross-site' })

async function open(allowed: string | null = APP, changes = {}) {
  const service = new Service(changes)
  const site = await service.createSite()
  await service.createUser(site)
  const boss = await service.createUser(site, { username: 'boss', siteAdmin: true })
  const other = await service.createSite({ subdomain: 'other' })
  await service.createUser(other, { username: 'stranger' })
  const { body: session } = await service.logIn(boss, { headers: SDK })
  const set = (allowed_origins: string) =>
    service.ask('PATCH', `${API}/site`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      body: { allowed_origins },
    })
  if (allowed !== null) await set(allowed)
  const preflight = (origin: string, host = OWN, path = `${API}/sessions`) =>
    service.ask('OPTIONS', path, {
      host,
      headers: {
        ...from(origin),
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-filesapi-auth',
      },
    })
  return { service, set, preflight, session: session.id as string }
}

const allows = ({ headers }: { headers: Headers }) => headers.get('Access-Control-Allow-Origin')

describe('An origin that a site allows', () => {
  it('can log in at the site’s own host and use the session, without cookies', async () => {
    const { service, preflight } = await open()
    const asked = await preflight(APP)
    expect([asked.status, allows(asked)]).toEqual([204, APP])
    expect(asked.headers.get('Access-Control-Allow-Headers')).toContain('X-FilesAPI-Auth')
    const ask = { host: OWN, headers: from(APP) }
    const made = await service.logIn(right, ask)
    expect([made.status, allows(made), made.headers.get('Vary')]).toEqual([
      201,
      APP,
      expect.stringContaining('Origin'),
    ])
    const headers = { ...from(APP), 'X-FilesAPI-Auth': made.body.id }
    const used = await service.ask('GET', `${API}/site`, { host: OWN, headers })
    expect([used.status, allows(used)]).toEqual([200, APP])
    expect((await service.logIn({ ...right, password: 'x' }, ask)).status).toBe(401)
    for (const reply of [asked, made, used])
      expect(reply.headers.has('Access-Control-Allow-Credentials')).toBe(false)
    const ended = await service.ask('DELETE', `${API}/sessions`, { host: OWN, headers })
    expect([ended.status, allows(ended)]).toEqual([204, APP])
  })

  it('cannot use a session in a cookie', async () => {
    const { service, session } = await open()
    const headers = { ...from(APP), Cookie: `__Host-latchkey=${session}` }
    const ended = await service.ask('DELETE', `${API}/sessions`, { host: OWN, headers })
    expect(ended.headers.get('X-Files-Error-Class')).toBe('not-authorized/cross-site-request')
    const read = await service.ask('GET', `${API}/site`, { host: OWN, headers })
    expect(read.headers.has('Access-Control-Allow-Credentials')).toBe(false)
  })

  it.each([
    ['another site', 'other.localhost'],
    ['the global host', 'localhost'],
    ['a regional host', 'us-east-1.localhost'],
    ['an unknown host', 'nobody.localhost'],
  ])('is not allowed at %s', async (_, host) => {
    const { service, preflight } = await open()
    expect(allows(await preflight(APP, host))).toBeNull()
    const made = await service.logIn(right, { host, headers: from(APP) })
    expect([made.status, allows(made)]).toEqual([403, null])
  })

  it.each([
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'null',
    '*',
  ])('is matched exactly, and does not allow %s', async (origin) => {
    const { service, preflight } = await open()
    expect(allows(await preflight(origin))).toBeNull()
    expect((await service.logIn(right, { host: OWN, headers: from(origin) })).status).toBe(403)
  })

  it('cannot use pairing or pages', async () => {
    const { service, preflight } = await open()
    expect(allows(await preflight(APP, OWN, PAIRING))).toBeNull()
    const paired = await service.ask('POST', PAIRING, { host: OWN, headers: from(APP) })
    expect([paired.status, allows(paired)]).toEqual([403, null])
    expect(allows(await service.ask('GET', '/login', { host: OWN, headers: from(APP) }))).toBeNull()
    expect(
      allows(await service.ask('OPTIONS', '/operator/v1/sites', { host: OWN, headers: from(APP) })),
    ).toBeNull()
  })

  it('is allowed at once when it is added, and no longer when it is removed', async () => {
    const { preflight, set } = await open(null)
    expect(allows(await preflight(APP))).toBeNull()
    await set(`https://other.example\n${APP}`)
    expect(allows(await preflight(APP))).toBe(APP)
    await set('')
    expect(allows(await preflight(APP))).toBeNull()
  })

  it('is looked up once in half a minute per isolate, whichever origins ask', async () => {
    const { service, preflight } = await open(APP, { SERVER_TIMING: 'on' })
    expect((await preflight(APP)).trips).toEqual(['kv', 'd1-us-east-1-nearest'])
    for (const origin of [APP, 'https://evil.example', 'https://evil2.example'])
      expect((await preflight(origin)).trips).toEqual([])
    service.clock.advance(MINUTE)
    expect((await preflight('https://evil.example')).trips.length).toBeGreaterThan(0)
  })

  it('counts requests of strangers against their own limit only', async () => {
    const { service, preflight } = await open(APP, { ...productionLimits, SERVER_TIMING: 'on' })
    const hosts = Array.from({ length: 130 }, (_, nth) => `nobody${nth}.localhost`)
    const asked = await Promise.all(hosts.map((host) => preflight('https://evil.example', host)))
    expect(asked.filter(({ trips }) => trips.length > 0)).toHaveLength(120)
    expect((await service.ask('GET', '/login', { host: OWN })).status).toBe(200)
    expect((await service.logIn(right, { host: OWN })).status).toBe(201)
  })
})

describe('allowed_origins of a site', () => {
  it.each([
    [' https://App.Example.com/\r\nhttp://localhost:3000\n', `${APP}\nhttp://localhost:3000`],
    ['https://app.example.com:443', APP],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['', ''],
  ])('is stored in the form that browsers send: %j', async (sent, kept) => {
    const { set } = await open(null)
    const { status, body } = await set(sent)
    expect([status, body.allowed_origins]).toEqual([200, kept])
  })

  it.each([
    '*',
    'https://*.example.com',
    'null',
    'app.example.com',
    'https://app.example.com/path',
    'https://app.example.com?x',
    'https://user@app.example.com',
    'javascript:alert(1)',
    'file:///etc',
    Array.from({ length: 51 }, (_, nth) => `https://app${nth}.example`).join('\n'),
  ])('is refused with an example of what to enter: %j', async (sent) => {
    const { set } = await open(null)
    const { status, body } = await set(sent)
    expect([status, body.model_errors]).toEqual([
      422,
      { allowed_origins: [messagesFor('en').modelErrors['origins-malformed']] },
    ])
  })
})
