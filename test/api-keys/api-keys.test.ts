import { describe, expect, it } from 'vitest'
import { idsOfMinute } from '../../src/storage/sweep.ts'
import { env } from '../support/env.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { API, type Ask, SDK, Service } from '../support/service.ts'
import { isAmong, passTimeUntil } from '../support/slices.ts'

const MINUTE = 60_000
const DAY = 86_400_000

async function open(user = {}, changes: ConstructorParameters<typeof Service>[0] = {}) {
  const service = new Service(changes)
  const site = await service.createSite()
  const { id: userId } = await service.createUser(site, user)
  const { body: session } = await service.logIn(right, { headers: SDK })
  const by =
    (headers: Record<string, string>) =>
    (method: string, path: string, ask: Ask = {}) =>
      service.ask(method, `${API}${path}`, { ...ask, headers: { ...headers, ...ask.headers } })
  const bySession = by({ ...SDK, 'X-FilesAPI-Auth': session.id })
  const byKey = (key: string) => by({ 'X-FilesAPI-Key': key })
  const make = async (parameters: Record<string, unknown> = {}) => {
    const { status, body } = await bySession('POST', '/api_keys', {
      body: { name: 'sync', ...parameters },
    })
    expect(status).toBe(201)
    return body as { id: number; key: string }
  }
  return { service, site, userId, session, by, bySession, byKey, make }
}

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const INVALID = 'not-authenticated/invalid-credentials'

describe('An API key', () => {
  it.each([
    { name: 'sync\u202egpj' },
    { name: '\u2067sync' },
    { name: 'sync', platform: 'linux\u2069' },
  ])('cannot have a name with bidirectional control characters: %j', async (body) => {
    const { bySession } = await open()
    const refused = await bySession('POST', '/api_keys', { body })
    expect([refused.status, refused.body.type]).toEqual([400, 'bad-request/request-params-invalid'])
    const page = await bySession('POST', '/api_keys', { body: { name: 'מפתח' } })
    expect(page.status).toBe(201)
  })

  it('is shown once, stored as a digest, and recognized by its checksum', async () => {
    const { bySession, byKey, make, userId } = await open()
    const made = await make({ platform: 'linux' })
    expect(made.key).toMatch(/^latchkey[0-9a-f]{2}[0-9A-Za-z]{38}$/)
    expect(made).toMatchObject({ permission_set: 'full', platform: 'linux', user_id: userId })
    const { body: listed } = await bySession('GET', '/api_keys?user_id=0')
    expect(listed).toHaveLength(1)
    expect(JSON.stringify(listed)).not.toContain(made.key)
    const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM api_keys').all()
    expect(JSON.stringify(results)).not.toContain(made.key)
    const mistyped = made.key.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'))
    const { status, body, trips } = await byKey(mistyped)('GET', '/api_key')
    expect([status, body.type, trips]).toEqual([401, INVALID, []])
  })

  it('is announced to its user by mail when it is created, and again when a reset leaves it', async () => {
    const { service, make } = await open({ email: 'jo@example.com' })
    const made = await make({ name: 'nightly' })
    const [mail] = service.mails
    expect([mail?.to, service.mails.length]).toEqual(['jo@example.com', 1])
    expect(mail?.text).toMatch(/API key “nightly” was created for sessionuser/)
    expect(mail?.text).not.toContain(made.key)
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'sessionuser' } })
    const code = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '')?.[1]
    const password = 'a quiet lamp by the window'
    await service.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password } })
    expect(service.mails.at(-1)?.text).toContain('These API keys still work: nightly.')
  })

  it('authenticates its user by X-FilesAPI-Key and by both forms of Basic', async () => {
    const { by, make } = await open()
    const { id, key } = await make()
    const basic = (pair: string) => ({ Authorization: `Basic ${btoa(pair)}` })
    for (const headers of [
      { 'X-FilesAPI-Key': key },
      basic(`${key}:x`),
      basic(`@api-${id}:${key}`),
    ]) {
      const { status, body } = await by(headers as unknown as Record<string, string>)(
        'GET',
        '/site',
      )
      expect([status, body.user.username, 'session' in body]).toEqual([200, 'sessionuser', false])
    }
    for (const headers of [
      basic(`@api-1:${key}`),
      basic(`someone:${key}`),
      { Authorization: 'Basic !' },
    ])
      expect((await by(headers)('GET', '/site')).body.type).toBe(INVALID)
  })

  it('starts no session, and is refused in a login', async () => {
    const { service, make } = await open()
    const { id, key } = await make()
    const named = await service.logIn({ username: `@api-${id}`, password: key })
    expect([named.status, named.body.type]).toEqual([
      401,
      'not-authenticated/api-key-sessions-not-supported',
    ])
    const along = await service.logIn(right, { headers: { 'X-FilesAPI-Key': key } })
    expect(along.body.type).toBe('not-authorized/cannot-login-while-using-key')
  })

  it('is refused when it comes with an invalid session', async () => {
    const { by, make } = await open()
    const { key } = await make()
    const both = by({ 'X-FilesAPI-Key': key, 'X-FilesAPI-Auth': '00'.repeat(20) })
    expect((await both('GET', '/site')).body.type).toBe(INVALID)
  })

  it('stops working at once when it is revoked, expires, or its user is disabled', async () => {
    const { service, bySession, byKey, make, userId } = await open()
    const status = async (key: string) => (await byKey(key)('GET', '/site')).status
    const revoked = await make()
    expect(await status(revoked.key)).toBe(200)
    expect((await bySession('DELETE', `/api_keys/${revoked.id}`)).status).toBe(204)
    expect(await status(revoked.key)).toBe(401)
    const expires_at = new Date(service.clock() + DAY).toISOString()
    const [short, long] = [await make({ expires_at }), await make()]
    service.clock.advance(DAY)
    expect([await status(short.key), await status(long.key)]).toEqual([401, 200])
    passTimeUntil(service.clock, () => isAmong(short.id, idsOfMinute(1, service.clock())))
    await service.runCron()
    expect(await env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM api_keys').first('n')).toBe(1)
    await env.DB_US_EAST_1.prepare('UPDATE users SET disabled = 1 WHERE id = ?').bind(userId).run()
    expect(await status(long.key)).toBe(401)
  })

  it('is refused by the primary while a lagging replica still shows it', async () => {
    const lagging = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
    const { service, bySession, byKey, make } = await open({}, { DB_US_EAST_1: lagging.binding })
    await service.runCron()
    const { id, key } = await make()
    expect((await byKey(key)('GET', '/site')).status).toBe(200)
    await lagging.replicate()
    await bySession('DELETE', `/api_keys/${id}`)
    service.clock.advance(3 * MINUTE)
    expect((await byKey(key)('GET', '/site')).status).toBe(401)
  })

  it('stores its last use every five minutes at most', async () => {
    const { service, byKey, make } = await open()
    const { key } = await make()
    const lastUse = async () => Date.parse((await byKey(key)('GET', '/api_key')).body.last_use_at)
    const first = await lastUse()
    expect(first).toBe(service.clock())
    service.clock.advance(4 * MINUTE)
    expect(await lastUse()).toBe(first)
    service.clock.advance(MINUTE)
    expect(await lastUse()).toBe(service.clock())
  })

  it('can show, rename, shorten and revoke itself', async () => {
    const { service, byKey, bySession, make } = await open()
    const expires_at = new Date(service.clock() + DAY).toISOString()
    const { id, key } = await make({ expires_at })
    const itself = byKey(key)
    expect((await itself('GET', '/api_key')).body).toMatchObject({ id, name: 'sync', expires_at })
    const renamed = await itself('PATCH', '/api_key', { body: { name: 'backup' } })
    expect([renamed.status, renamed.body.name]).toEqual([200, 'backup'])
    const later = new Date(service.clock() + 2 * DAY).toISOString()
    expect((await itself('PATCH', '/api_key', { body: { expires_at: later } })).body.type).toBe(
      'not-authorized/insufficient-permission-for-params',
    )
    expect((await itself('DELETE', '/api_key')).status).toBe(204)
    expect((await itself('GET', '/api_key')).status).toBe(401)
    expect((await bySession('GET', '/api_key')).body.type).toBe(
      'not-authorized/must-authenticate-with-api-key',
    )
  })

  it('loses its expiry when an empty one is sent', async () => {
    const { service, bySession, make } = await open()
    const { id } = await make({ expires_at: new Date(service.clock() + DAY).toISOString() })
    const cleared = await bySession('PATCH', `/api_keys/${id}`, { body: { expires_at: '' } })
    expect([cleared.status, cleared.body.expires_at]).toEqual([200, null])
  })

  it('of a desktop app manages neither keys nor users', async () => {
    const { byKey, make } = await open({ siteAdmin: true })
    const { key } = await make({ permission_set: 'desktop_app' })
    const itself = byKey(key)
    expect((await itself('GET', '/site')).status).toBe(200)
    for (const [method, path] of [
      ['GET', '/api_keys'],
      ['POST', '/api_keys'],
      ['GET', '/history/login'],
    ] as const) {
      const { status, body } = await itself(
        method,
        path,
        method === 'POST' ? { body: { name: 'x' } } : {},
      )
      expect([status, body.type]).toEqual([403, 'not-authorized/api-key-only-for-desktop-app'])
    }
    await env.DB_US_EAST_1.prepare('UPDATE sites SET desktop_app = 0').run()
    expect((await itself('GET', '/site')).status).toBe(401)
  })
})

describe('API keys', () => {
  it('of others are hidden from users, but a site admin can see and revoke them', async () => {
    const { service, site, make, userId } = await open()
    const { id } = await make()
    const other = await service.createSite({ name: 'Other', subdomain: 'other' })
    await service.createUser(site, { username: 'colleague' })
    await service.createUser(site, { username: 'boss', siteAdmin: true })
    await service.createUser(other, { username: 'stranger', siteAdmin: true })
    const askAs = async (username: string, method: string, path: string) => {
      const { body } = await service.logIn(
        { username, password: 'sessionuserpassword' },
        { headers: SDK },
      )
      return service.ask(method, `${API}${path}`, {
        headers: { ...SDK, 'X-FilesAPI-Auth': body.id },
      })
    }
    for (const username of ['colleague', 'stranger'])
      for (const method of ['GET', 'DELETE'])
        expect((await askAs(username, method, `/api_keys/${id}`)).body.type).toBe(
          'not-found/api-key-not-found',
        )
    expect((await askAs('colleague', 'GET', `/api_keys?user_id=${userId}`)).status).toBe(403)
    expect((await askAs('stranger', 'GET', `/api_keys?user_id=${userId}`)).status).toBe(404)
    expect((await askAs('boss', 'GET', `/api_keys?user_id=${userId}`)).body).toHaveLength(1)
    expect((await askAs('boss', 'DELETE', `/api_keys/${id}`)).status).toBe(204)
  })

  it('are listed by page and by cursor', async () => {
    const { bySession, make } = await open()
    for (let nth = 0; nth < 5; nth++) await make({ name: `key ${nth}` })
    const ids = async (query: string) =>
      (await bySession('GET', `/api_keys?${query}`)).body.map(({ id }: { id: number }) => id)
    const all = await ids('per_page=1000')
    expect([...(await ids('per_page=2')), ...(await ids('per_page=2&page=2'))]).toEqual(
      all.slice(0, 4),
    )
    const { headers } = await bySession('GET', '/api_keys?per_page=2')
    expect(await ids(`per_page=2&cursor=${headers.get('X-Files-Cursor')}`)).toEqual(all.slice(2, 4))
  })

  it('are recorded as credential events with their actor', async () => {
    const { bySession, make, userId } = await open()
    const { id } = await make()
    await bySession('PATCH', `/api_keys/${id}`, { body: { name: 'other' } })
    await bySession('DELETE', `/api_keys/${id}`)
    const { results } = await env.DB_US_EAST_1.prepare(
      'SELECT event, actor FROM credential_events ORDER BY rowid',
    ).all()
    expect(results.map(({ event }) => event).sort()).toEqual([
      'api_key_changed',
      'api_key_created',
      'api_key_deleted',
    ])
    expect(new Set(results.map(({ actor }) => actor))).toEqual(new Set([`user:${userId}`]))
  })

  it('are limited to a hundred for a user, and expire in the future', async () => {
    const { service, bySession, make, site, userId } = await open()
    await env.DB_US_EAST_1.batch(
      Array.from({ length: 99 }, (_, nth) =>
        env.DB_US_EAST_1.prepare(
          `INSERT INTO api_keys (id, digest, site_id, user_id, name, permission_set, created_at)
           VALUES (?, ?, ?, ?, 'x', 'full', 0)`,
        ).bind(nth + 1, `digest ${nth}`, site.id, userId),
      ),
    )
    await make()
    const more = await bySession('POST', '/api_keys', { body: { name: 'one more' } })
    expect([more.status, more.body.model_errors.base]).toEqual([
      422,
      [expect.stringContaining('100')],
    ])
    const past = new Date(service.clock()).toISOString()
    const { body } = await bySession('POST', '/api_keys', { body: { name: 'x', expires_at: past } })
    expect(body.model_errors).toHaveProperty('expires_at')
  })

  it.each([
    ['have expired', { expires_at: MINUTE }, MINUTE],
    ['were paired and never used', { pairing_digest: 'pairing', created_at: 0 }, 10 * MINUTE],
  ])('are not listed, changed, or counted once they %s', async (_, changes, afterMs) => {
    const { service, bySession, make } = await open({ email: 'jo@example.com' })
    const { id } = await make({ name: 'former' })
    const [active] = [await make({ name: 'active' })]
    const columns = Object.entries(changes).map(([name, value]) => {
      const time = typeof value === 'number' ? `${service.clock() + value}` : `'${value}'`
      return `${name} = ${time}`
    })
    await env.DB_US_EAST_1.prepare(`UPDATE api_keys SET ${columns} WHERE id = ?`).bind(id).run()
    const listed = async () => (await bySession('GET', '/api_keys')).body.length
    service.clock.advance(afterMs - 1)
    expect([await listed(), (await bySession('GET', `/api_keys/${id}`)).status]).toEqual([2, 200])
    service.clock.advance(1)
    expect(await listed()).toBe(1)
    for (const [method, ask] of [
      ['GET', {}],
      ['PATCH', { body: { expires_at: new Date(service.clock() + DAY).toISOString() } }],
      ['DELETE', {}],
    ] as const)
      expect((await bySession(method, `/api_keys/${id}`, ask)).body.type, method).toBe(
        'not-found/api-key-not-found',
      )
    const copies = Array.from({ length: 98 }, (_, nth) =>
      env.DB_US_EAST_1.prepare(
        `INSERT INTO api_keys (id, digest, site_id, user_id, name, permission_set, created_at)
          SELECT ?, ?, site_id, user_id, name, permission_set, created_at FROM api_keys WHERE id = ?`,
      ).bind(nth + 1, `digest ${nth}`, active.id),
    )
    await env.DB_US_EAST_1.batch(copies)
    const headers = { 'X-Files-Reauthentication': `password:${right.password}` }
    const ask = () => bySession('POST', '/api_keys', { body: { name: 'x' }, headers })
    expect([(await ask()).status, (await ask()).status]).toEqual([201, 422])
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'sessionuser' } })
    const code = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '')?.[1]
    const password = 'a quiet lamp by the window'
    await service.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password } })
    expect(service.mails.at(-1)?.text).toContain('active')
    expect(service.mails.at(-1)?.text).not.toContain('former')
  })
})

describe('POST /api_keys', () => {
  const NEEDED = 'not-authorized/reauthentication-needed-action'

  it('requires the password some minutes after the login', async () => {
    const { service, bySession } = await open()
    service.clock.advance(10 * MINUTE)
    const ask = (headers = {}) => bySession('POST', '/api_keys', { body: { name: 'x' }, headers })
    expect((await ask()).body.type).toBe(NEEDED)
    const wrong = await ask({ 'X-Files-Reauthentication': 'password:wrong' })
    expect([wrong.status, wrong.body.type]).toEqual([403, 'not-authorized/reauthentication-failed'])
    const given = await ask({ 'X-Files-Reauthentication': `password:${right.password}` })
    expect(given.status).toBe(201)
  })

  it('is refused for read-only users', async () => {
    const { byKey, bySession, make } = await open()
    const { key } = await make()
    await env.DB_US_EAST_1.prepare('UPDATE users SET read_only = 1').run()
    for (const ask of [bySession, byKey(key)])
      expect((await ask('POST', '/api_keys', { body: { name: 'x' } })).body.type).toBe(
        'not-authorized/read-only-session',
      )
  })

  it('cannot be used to guess the password: wrong ones lock the user out', async () => {
    const { service, bySession } = await open()
    for (let nth = 0; nth < 10; nth++)
      await bySession('POST', '/api_keys', {
        body: { name: 'x' },
        headers: {
          'X-Files-Reauthentication': `password:wrong ${nth}`,
          'CF-Connecting-IP': `203.0.113.${nth}`,
        },
      })
    const { status, body, headers } = await bySession('POST', '/api_keys', {
      body: { name: 'x' },
      headers: { 'X-Files-Reauthentication': `password:${right.password}` },
    })
    expect([status, body.type]).toEqual([429, 'rate-limited/reauthentication-rate-limited'])
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
    expect((await service.logIn(right, { host: 'mysite.localhost' })).body.type).toBe(
      'not-authenticated/locked-out',
    )
  })
})

describe('The session cookie', () => {
  const sameOrigin = { Origin: 'http://localhost' }

  it('is used when no header carries a credential, and makes changes only for pages of its own host', async () => {
    const { by, session } = await open()
    const cookie = { Cookie: `theme=dark; __Host-latchkey=${session.id}` }
    expect((await by(cookie)('GET', '/site')).status).toBe(200)
    for (const headers of [
      {},
      { Origin: 'http://evil.example' },
      { Origin: 'http://sibling.localhost' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
    ])
      for (const [method, path] of [
        ['POST', '/api_keys'],
        ['DELETE', '/sessions'],
        ['POST', '/sessions/token'],
      ] as const) {
        const { status, body } = await by({ ...cookie, ...headers } as Record<string, string>)(
          method,
          path,
          { body: { name: 'x' } },
        )
        expect([status, body.type]).toEqual([403, 'not-authorized/cross-site-request'])
      }
    const other = by({ ...cookie, 'X-FilesAPI-Auth': 'x' })
    expect((await other('GET', '/site')).body.type).toBe(INVALID)
    const asked = by({ ...cookie, ...sameOrigin })
    expect((await asked('POST', '/api_keys', { body: { name: 'x' } })).status).toBe(201)
    expect((await asked('DELETE', '/sessions')).status).toBe(204)
    expect((await by(cookie)('GET', '/site')).status).toBe(401)
  })
})
