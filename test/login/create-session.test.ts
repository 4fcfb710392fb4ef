import { sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { PasswordLedger } from '../../src/login/password-ledger.ts'
import { PasswordHasher } from '../../src/passwords/password-hasher.ts'
import { SECOND } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { type Fault, FaultyDatabase } from '../support/faulty-database.ts'
import { useNaiveStores } from '../support/naive-stores.ts'
import { API, SDK, Service } from '../support/service.ts'
import { shortDeadlines } from '../support/short-deadlines.ts'
import { emptyStores } from '../support/stores.ts'
import { userWithFormerName } from '../support/user-with-former-name.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const onSite = { host: 'mysite.localhost' }

async function serviceWithUser(input: Parameters<Service['createUser']>[1] = {}) {
  const service = new Service()
  const site = await service.createSite()
  return { service, site, user: await service.createUser(site, input) }
}

describe('POST /sessions', () => {
  it('logs a user in with username and password, and sets no cookie', async () => {
    const { service } = await serviceWithUser()
    const { status, body, headers } = await service.logIn(right)
    expect(status).toBe(201)
    expect(body.site_id).toEqual(expect.any(Number))
    expect(headers.get('Set-Cookie')).toBeNull()
  })

  it.each([
    'Files.com Ruby SDK v1.0.0',
    'Files.com CLI 2.15.1',
    'Cyberduck/9.1.0.41992 (Mac OS X/14.0)',
    'rclone/v1.75.0',
    'Files-PHP-SDK',
    'Files-JAVA-SDK-1.0.0',
    'Files JAVA SDK v1.7.39',
    'GuzzleHttp/6.5.5 curl/7.68.0 PHP/7.4.3',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0',
    'curling-club/1.0',
    '',
  ])('returns the string form of the id to every client, such as %j', async (client) => {
    const { service } = await serviceWithUser()
    const { body, headers } = await service.logIn(right, { headers: { 'User-Agent': client } })
    expect(body.id).toMatch(/^01[0-9a-f]{38}$/)
    expect(headers.get('Vary')).toBe('User-Agent, Accept')
  })

  it('returns the string form of the id to a client without a User-Agent', async () => {
    const { service } = await serviceWithUser()
    expect((await service.logIn(right)).body.id).toMatch(/^01[0-9a-f]{38}$/)
  })

  it.each([
    'curl/8.5.0',
    'Wget/1.21.4',
    'Wget2/2.1.0',
    'HTTPie/3.2.2',
    'PostmanRuntime/7.43.0',
    'insomnia/10.3.0',
    'bruno-runtime/1.34.2',
  ])('returns the integer to a command-line tool: %s', async (tool) => {
    const { service } = await serviceWithUser()
    const { body } = await service.logIn(right, { headers: { 'User-Agent': tool } })
    expect(body.id).toEqual(expect.any(Number))
  })

  it.each([
    ['application/json; id=int64', 'number'],
    ['application/json;id="int64";q=0.9, */*', 'number'],
    ['text/html, Application/JSON; charset=utf-8; ID=INT64', 'number'],
    ['application/json; id=string', 'string'],
    ['application/json; id=int6', 'string'],
    ['application/json; grid=int64', 'string'],
    ['text/html; id=int64', 'string'],
    ['application/json, text/html; id=int64', 'string'],
  ])('returns the form of the id that Accept names: %s', async (accept, form) => {
    const { service } = await serviceWithUser()
    const { body } = await service.logIn(right, { headers: { Accept: accept } })
    expect(typeof body.id).toBe(form)
    const byHand = { 'User-Agent': 'curl/8.5.0', Accept: 'application/json; id=string' }
    expect((await service.logIn(right, { headers: byHand })).body.id).toEqual(expect.any(String))
  })

  it('returns the form that SESSION_ID_FORMAT names to every client', async () => {
    await serviceWithUser()
    const asString = new Service({ SESSION_ID_FORMAT: 'string' })
    expect((await asString.logIn(right)).body.id).toMatch(/^01[0-9a-f]{38}$/)
    const asInteger = new Service({ SESSION_ID_FORMAT: 'int64' })
    const { body } = await asInteger.logIn(right, { headers: SDK })
    expect(body.id).toEqual(expect.any(Number))
    const asked = { Accept: 'application/json; id=string' }
    expect((await asInteger.logIn(right, { headers: asked })).body.id).toEqual(expect.any(String))
  })

  it('accepts the username in any letter case and Unicode form', async () => {
    const { service } = await serviceWithUser({ username: 'Zoë' })
    expect((await service.logIn({ ...right, username: 'ZOE\u0308' })).status).toBe(201)
  })

  it.each([
    ['a trailing space', 'sessionuser '],
    ['spaces around it', '  SessionUser\u00a0'],
    ['an ideographic space', 'sessionuser\u3000'],
    ['zero-width characters', '\u200bsessionuser\ufeff'],
    ['a variation selector', 'sessionuser\ufe0f'],
    ['full-width letters', 'ｓｅｓｓｉｏｎｕｓｅｒ'],
  ])('accepts the username as typed, with %s', async (_, username) => {
    const { service } = await serviceWithUser()
    for (const host of ['localhost', 'mysite.localhost'])
      expect((await service.logIn({ ...right, username }, { host })).status).toBe(201)
  })

  it('counts failed attempts of one name, in whatever form it is typed', async () => {
    const { service } = await serviceWithUser({ username: 'Straße' })
    const spellings = ['straße', 'STRASSE', ' Straße', 'strasse\u200b', 'STRAßE']
    for (let nth = 0; nth < 10; nth++)
      await service.logIn({ username: spellings[nth % 5], password: `wrong ${nth}` })
    const { body } = await service.logIn({ ...right, username: 'Strasse' })
    expect(body.type).toBe('not-authenticated/locked-out')
  })

  it.each(['jo@bücher.example', 'JO@xn--bcher-kva.example', ' jo@BU\u0308CHER.example. '])(
    'accepts an email address as typed, with an internationalized domain: %s',
    async (username) => {
      for (const email of ['jo@bücher.example', 'Jo@xn--bcher-kva.example']) {
        const { service } = await serviceWithUser({ username: email, email, emailIsVerified: true })
        for (const host of ['localhost', 'mysite.localhost'])
          expect((await service.logIn({ ...right, username }, { host })).status).toBe(201)
        await emptyStores()
      }
    },
  )

  it('accepts a verified email address with the space that a phone appends', async () => {
    const { service } = await serviceWithUser({ email: 'jo@example.com', emailIsVerified: true })
    for (const username of ['jo@example.com ', '\u00a0Jo@example.com\u200b'])
      expect((await service.logIn({ ...right, username }, onSite)).status).toBe(201)
  })

  it('accepts a verified email address as the username on the site’s own host only', async () => {
    const { service } = await serviceWithUser({ email: 'Jo@example.com', emailIsVerified: true })
    const byAddress = { ...right, username: 'jo@EXAMPLE.com' }
    expect((await service.logIn(byAddress, onSite)).status).toBe(201)
    expect((await service.logIn(byAddress)).status).toBe(401)
  })

  it('accepts no unverified email address, and none that two users share', async () => {
    const { service, site } = await serviceWithUser({ email: 'jo@example.com' })
    const byAddress = { ...right, username: 'jo@example.com' }
    expect((await service.logIn(byAddress, onSite)).status).toBe(401)
    for (const username of ['one', 'two'])
      await service.createUser(site, { username, email: 'jo@example.com', emailIsVerified: true })
    expect((await service.logIn(byAddress, onSite)).status).toBe(401)
  })

  it('compares passwords to the last byte, in any script, past the 72 bytes of bcrypt', async () => {
    const password = `${'pässwörd '.repeat(12)}🔑`
    const { service } = await serviceWithUser({ password })
    expect((await service.logIn({ ...right, password })).status).toBe(201)
    expect((await service.logIn({ ...right, password: password.normalize('NFD') })).status).toBe(
      201,
    )
    for (const wrong of [password.slice(0, -2), `${password} `, password.toUpperCase()])
      expect((await service.logIn({ ...right, password: wrong })).status).toBe(401)
  })

  it('never uses the same session string twice', async () => {
    const { service } = await serviceWithUser()
    const one = await service.logIn(right, { headers: SDK })
    const two = await service.logIn(right, { headers: { ...SDK, 'X-FilesAPI-Auth': one.body.id } })
    expect(two.status).toBe(201)
    expect(two.body.id).not.toBe(one.body.id)
  })

  it('stores only the digest of the session string', async () => {
    const { service } = await serviceWithUser()
    const { body } = await service.logIn(right, { headers: SDK })
    const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM keyed_sessions').all()
    expect(results).toHaveLength(1)
    expect(JSON.stringify(results)).not.toContain(body.id)
  })

  it('refuses a site’s user on the host of another site', async () => {
    const { service } = await serviceWithUser()
    await service.createSite({ subdomain: 'other' })
    expect((await service.logIn(right, { host: 'other.localhost' })).status).toBe(401)
    const attempts = await env.DB_US_EAST_1.prepare(
      `SELECT outcome, user_id FROM ${EVERY_ATTEMPT}`,
    ).all()
    expect(attempts.results).toEqual([{ outcome: 'username_not_found', user_id: null }])
  })

  it('returns an error at a host without a site', async () => {
    const { status, body } = await new Service().logIn(right, { host: 'nobody.localhost' })
    expect([status, body.type]).toEqual([403, 'site-configuration/no-account-for-site'])
  })

  it('finds a site by its host when KV does not have it', async () => {
    const { service } = await serviceWithUser()
    await env.KV.delete('host:site:mysite')
    expect((await service.logIn(right, onSite)).status).toBe(201)
    expect(await env.KV.get('host:site:mysite')).toContain('us-east-1')
  })

  it('logs users of every region in on the global host, using the directory', async () => {
    const { service } = await serviceWithUser()
    const european = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
    await service.createUser(european, { username: 'europeuser' })
    const { status, body } = await service.logIn(
      { ...right, username: 'europeuser' },
      { headers: SDK },
    )
    expect(status).toBe(201)
    expect(body.id).toMatch(/^02/)
  })

  it('records every attempt with its true outcome', async () => {
    const { service, user } = await serviceWithUser()
    await service.logIn(right)
    await service.logIn({ ...right, password: 'wrong' })
    await service.changeUser(user.id, 'disabled = 1')
    await service.logIn(right)
    await service.logIn({ ...right, username: 'nobody' }, onSite)
    const { results } = await env.DB_US_EAST_1.prepare(
      `SELECT outcome, user_id FROM ${EVERY_ATTEMPT}`,
    ).all<{ outcome: string; user_id: number | null }>()
    expect(new Map(results.map(({ outcome, user_id }) => [outcome, user_id]))).toEqual(
      new Map([
        ['none', user.id],
        ['password_mismatch', user.id],
        ['disabled', user.id],
        ['username_not_found', null],
      ]),
    )
  })

  it('counts failed attempts by name, existing or not, and resets the count after a success', async () => {
    const { service } = await serviceWithUser()
    const counts = async () => {
      const { results } = await env.DB_US_EAST_1.prepare(
        'SELECT failures FROM login_failures',
      ).all()
      return results.map(({ failures }) => failures)
    }
    for (const [nth, username] of ['sessionuser', 'sessionuser', 'nobody'].entries())
      await service.logIn({ username, password: `wrong ${nth}` }, onSite)
    expect((await counts()).sort()).toEqual([1, 2])
    await service.logIn(right, onSite)
    expect(await counts()).toEqual([1])
  })
})

describe('A refused POST /sessions', () => {
  const cases = {
    'a wrong password': { ...right, password: 'wrong' },
    'an unknown user': { ...right, username: 'nobody' },
    'a disabled user': { ...right, username: 'disabled' },
    'a user without a password': { ...right, username: 'passwordless' },
    'a user of single sign-on': { ...right, username: 'sso' },
    'a wrong password of a disabled user': { username: 'disabled', password: 'wrong' },
    'a wrong password of a user of single sign-on': { username: 'sso', password: 'wrong' },
  }

  it.each([
    ['on the site’s host', onSite],
    ['on the global host', {}],
  ])('returns the same reply with the same work for every cause, %s', async (_, ask) => {
    const { service, site } = await serviceWithUser()
    await service.createUser(site, { username: 'disabled', disabled: true })
    await service.createUser(site, { username: 'sso', authenticationMethod: 'sso' })
    const { id } = await service.createUser(site, { username: 'passwordless' })
    await service.changeUser(id, 'password_hash = NULL')
    const verify = vi.spyOn(PasswordHasher.prototype, 'verify')

    const seen = []
    for (const parameters of Object.values(cases)) {
      verify.mockClear()
      const { status, body, headers, trips } = await service.logIn(parameters, ask)
      seen.push({
        status,
        body: { ...body, instance: '' },
        headers: [...headers.keys()],
        trips: trips.map((trip) => trip.replace(/eu-central-1|us-east-1/, 'region')),
        hashes: verify.mock.calls.length,
      })
    }
    verify.mockRestore()
    expect(seen[0]?.status).toBe(401)
    expect(seen[0]?.body.error).toBe('Invalid username or password')
    expect(seen[0]?.hashes).toBe(1)
    for (const other of seen) expect(other).toEqual(seen[0])
  })
})

describe('A name whose former key differs', () => {
  it.each([
    ['on the site’s host', 'mysite.localhost'],
    ['on the global host', 'localhost'],
  ])('costs the same, existing or not, %s', async (_, host) => {
    const { service, site } = await serviceWithUser({ username: 'Straße' })
    await userWithFormerName(service, site, { username: 'Maße' })
    const seen = []
    for (const username of ['Straße', 'Maße', 'Niemandße']) {
      const { status, trips } = await service.logIn({ username, password: 'wrong' }, { host })
      seen.push([status, trips.map((trip) => trip.replace(/eu-central-1|us-east-1/, 'region'))])
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })
})

describe('The storage round trips of a login', () => {
  it('are one local read and one batch at the primary', async () => {
    const { service } = await serviceWithUser()
    const { trips } = await service.logIn(right, onSite)
    expect(trips).toEqual(['kv', 'd1-us-east-1-nearest', 'd1-us-east-1-primary'])
  })

  it('are one local read and one batch at the primary for a wrong password or unknown name', async () => {
    const { service } = await serviceWithUser()
    for (const wrong of [
      { ...right, password: 'wrong' },
      { ...right, username: 'nobody' },
    ]) {
      const { trips } = await service.logIn(wrong, onSite)
      expect(trips).toEqual(['kv', 'd1-us-east-1-nearest', 'd1-us-east-1-primary'])
    }
  })

  it('are one directory look-up more on the global host', async () => {
    const { service } = await serviceWithUser()
    const { trips } = await service.logIn(right)
    expect(trips).toEqual(['d1-directory-nearest', 'd1-us-east-1-nearest', 'd1-us-east-1-primary'])
  })
})

describe('A storage fault', () => {
  it.each<Fault>(['before commit', 'after commit', 'hangs'])(
    'that comes %s returns a 503 with Retry-After, and the next login works',
    async (fault) => {
      await serviceWithUser()
      const database = new FaultyDatabase(env.DB_US_EAST_1)
      const service = new Service({ DB_US_EAST_1: database.binding })
      database.fault = fault
      const deadlines = shortDeadlines(5 * SECOND)
      const { status, body, headers } = await service.logIn(right, onSite)
      expect(deadlines.times()).toBeGreaterThan(0)
      deadlines.over()
      expect([status, body.type]).toEqual([503, 'service-unavailable/storage-unavailable'])
      expect(headers.get('Retry-After')).toBe('5')
      database.fault = null
      expect((await service.logIn(right, onSite)).status).toBe(201)
    },
  )

  it('after the reply is logged without the values of the statement', async () => {
    const { service } = await serviceWithUser()
    const { PASSWORD_PEPPERS } = env
    const peppers = { ...JSON.parse(PASSWORD_PEPPERS), 2: 'B'.repeat(43) }
    const database = new FaultyDatabase(env.DB_US_EAST_1)
    const rotated = new Service({
      DB_US_EAST_1: database.binding,
      PASSWORD_PEPPERS: JSON.stringify(peppers),
    })
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const rehash = vi.spyOn(PasswordLedger.prototype, 'rehash').mockImplementation(async () => {
      database.fault = 'before commit'
      const ctx = await rotated.open()
      await ctx
        .in(ctx.regions.all[0] as never)
        .database.primary.run(sql`UPDATE users SET password_hash = ${'secret-hash'}`)
    })
    expect((await rotated.logIn(right, onSite)).status).toBe(201)
    expect(rehash).toHaveBeenCalledOnce()
    const text = JSON.stringify(logged.mock.calls)
    expect(text).toContain('Network connection lost')
    expect(text).not.toContain('secret-hash')
    expect(service).toBeDefined()
  })

  it('in another region does not affect a site whose host KV has lost', async () => {
    await serviceWithUser()
    const database = new FaultyDatabase(env.DB_EU_CENTRAL_1)
    database.fault = 'before commit'
    await env.KV.delete('host:site:mysite')
    const service = new Service({ DB_EU_CENTRAL_1: database.binding })
    expect((await service.logIn(right, onSite)).status).toBe(201)
    await env.KV.delete('host:site:mysite')
    const nobodys = await service.logIn(right, { host: 'nobodys.localhost' })
    expect(nobodys.status).toBe(503)
  })

  it('never reports a session as revoked that may still be active', async () => {
    await serviceWithUser()
    const database = new FaultyDatabase(env.DB_US_EAST_1)
    const service = new Service({ DB_US_EAST_1: database.binding })
    const { body } = await service.logIn(right, { headers: SDK })
    const auth = { headers: { 'X-FilesAPI-Auth': body.id } }
    database.fault = 'before commit'
    expect((await service.ask('DELETE', `${API}/sessions`, auth)).status).toBe(503)
    database.fault = null
    expect((await service.ask('GET', `${API}/site`, auth)).status).toBe(200)
    database.fault = 'after commit'
    expect((await service.ask('DELETE', `${API}/sessions`, auth)).status).toBe(503)
    database.fault = null
    expect((await service.ask('GET', `${API}/site`, auth)).status).toBe(401)
  })

  it('in KV alone prevents no login', async () => {
    await serviceWithUser()
    const failing = {
      get: () => Promise.reject(new Error('KV GET failed: 500')),
      put: () => Promise.reject(new Error('KV PUT failed: 429')),
    } as unknown as KVNamespace
    const service = new Service({ KV: failing })
    expect((await service.logIn(right, onSite)).status).toBe(201)
  })
})

describe(`DELETE ${API}/sessions`, () => {
  const auth = (credential: string) => ({ headers: { 'X-FilesAPI-Auth': credential } })

  it('revokes the session by either form of its credential, with one write', async () => {
    const { service } = await serviceWithUser()
    const { body } = await service.logIn(right, { headers: SDK })
    const { status, trips } = await service.ask('DELETE', `${API}/sessions`, auth(body.id))
    expect([status, trips]).toEqual([204, ['d1-us-east-1-primary']])
    for (const credential of [body.id, body.token]) {
      expect((await service.ask('GET', `${API}/site`, auth(credential))).status).toBe(401)
      expect((await service.ask('DELETE', `${API}/sessions`, auth(credential))).status).toBe(401)
    }
  })

  it('revokes the session by its token too', async () => {
    const { service } = await serviceWithUser()
    const { body } = await service.logIn(right, { headers: SDK })
    const bearer = { headers: { Authorization: `Bearer ${body.token}` } }
    expect((await service.ask('DELETE', `${API}/sessions`, bearer)).status).toBe(204)
    expect((await service.ask('GET', `${API}/site`, auth(body.id))).status).toBe(401)
  })

  it('revokes no other session of the user', async () => {
    const { service } = await serviceWithUser()
    const one = await service.logIn(right, { headers: SDK })
    const two = await service.logIn(right, { headers: SDK })
    await service.ask('DELETE', `${API}/sessions`, auth(one.body.id))
    expect((await service.ask('GET', `${API}/site`, auth(two.body.id))).status).toBe(200)
  })

  const endAtOnce = async () => {
    const { service } = await serviceWithUser()
    const { body } = await service.logIn(right, { headers: SDK })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => service.ask('DELETE', `${API}/sessions`, auth(body.id))),
    )
    return answers.filter(({ status }) => status === 204).length
  }

  it('has exactly one winner when a session is logged out 50 times at once', async () => {
    expect(await endAtOnce()).toBe(1)
  })

  it('would have several winners with a store that reads, then writes', async () => {
    useNaiveStores()
    expect(await endAtOnce()).toBeGreaterThan(1)
  })
})
