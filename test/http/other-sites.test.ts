import { describe, expect, it } from 'vitest'
import { fullPath } from '../../src/http/route.ts'
import { routes } from '../../src/routes.ts'
import { pathWithId } from '../support/path-with-id.ts'
import { remembered } from '../support/remembered.ts'
import { API, SDK, Service } from '../support/service.ts'

/** Every route with a session or key whose id names what it acts on. The id in a whole object is ignored. */
const withId = routes.filter(
  ({ access, parameters: { shape } }) =>
    /session|user|site-admin/.test(access.name) && shape.id?.safeParse('no id').success === false,
)

/** Values for the required parameters of every route. */
const needed = {
  enabled: false,
  otp: '000000',
  name: 'taken over',
  key_password: 'x',
  confirmed: true,
  site_admin: 'true',
  redirect_host: 'mine.localhost',
}

/** A site with one of everything that has an id. */
async function withEverything(service: Service, subdomain: string) {
  const site = await service.createSite({ subdomain })
  const admin = await service.createUser(site, { username: `boss-${subdomain}`, siteAdmin: true })
  const { id: userId } = await service.createUser(site, { username: `jane-${subdomain}` })
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const ask = (method: string, path: string, body?: Record<string, unknown>) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      ...(body && { body }),
    })
  const key = (await ask('POST', '/api_keys', { name: 'x' })).body
  const factor = (await ask('POST', '/2fa', { method_type: 'totp', name: 'x' })).body
  const okta = { provider: 'okta', subdomain: 'acme', client_id: 'x', client_secret: 'y' }
  const strategy = (await ask('POST', '/sso_strategies', okta)).body
  const row = await service.env.DB_US_EAST_1.prepare(
    'SELECT id FROM keyed_sessions WHERE user_id = ?',
  )
    .bind(admin.id)
    .first<{ id: number }>()
  const ids = [userId, admin.id, key.id, factor.id, strategy.id, row?.id ?? 0]
  return { session: session.id as string, ids }
}

const twoSites = remembered(async (service) => ({
  mine: await withEverything(service, 'mine'),
  other: await withEverything(service, 'other'),
}))

/** Everything stored about a site. */
async function everything({ env }: Service): Promise<string> {
  const tables = [
    'users',
    'api_keys',
    'second_factors',
    'sso_strategies',
    'keyed_sessions',
    'sites',
  ]
  const database = env.DB_US_EAST_1
  const all = await database.batch(
    tables.map((table) => database.prepare(`SELECT * FROM ${table}`)),
  )
  return JSON.stringify(all.map(({ results }) => results))
}

describe('A record of another site', () => {
  it.each(withId.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'returns 404 from %s',
    async (_, route) => {
      const service = new Service()
      const { mine, other } = await twoSites(service)
      const before = await everything(service)
      for (const id of other.ids) {
        const { shape } = route.parameters
        const body = {
          ...Object.fromEntries(
            Object.entries(needed).filter(([name, value]) => shape[name]?.safeParse(value).success),
          ),
          id,
        }
        const { status, body: told } = await service.ask(route.method, pathWithId(route, id), {
          headers: { ...SDK, 'X-FilesAPI-Auth': mine.session },
          ...(route.method !== 'GET' && route.method !== 'DELETE' && { body }),
        })
        // The page that removes several shows what is left, which is everything.
        const isOfMany = route.mediaType === 'text/html' && !route.path.includes(':id')
        expect(isOfMany ? [200, 303, 403, 422] : [403, 404]).toContain(status)
        expect(JSON.stringify(told ?? '')).not.toMatch(/-other|page is out of date/)
      }
      expect(await everything(service)).toBe(before)
    },
  )

  it('is not reached by the id in a whole site object, which PATCH /site ignores', async () => {
    const service = new Service()
    const { mine, other } = await twoSites(service)
    const read = 'SELECT * FROM sites WHERE subdomain = ?'
    const otherSite = () =>
      service.env.DB_US_EAST_1.prepare(read).bind('other').first<{ id: number }>()
    const before = await otherSite()
    for (const id of [before?.id, ...other.ids]) {
      const headers = { ...SDK, 'X-FilesAPI-Auth': mine.session }
      const body = { id, name: 'taken over' }
      const { status } = await service.ask('PATCH', `${API}/site`, { headers, body })
      expect(status).toBe(200)
    }
    expect(await otherSite()).toEqual(before)
  })

  it('appears in no list', async () => {
    const service = new Service()
    const { mine, other } = await twoSites(service)
    for (const path of ['/api_keys', '/sessions', '/sso_identities'])
      for (const id of [other.ids[0], 1]) {
        const headers = { ...SDK, 'X-FilesAPI-Auth': mine.session }
        const { status, body } = await service.ask('GET', `${API}${path}?user_id=${id}`, {
          headers,
        })
        expect([status, body.type]).toEqual([404, 'not-found/user-not-found'])
      }
    for (const path of ['/users?ids=', '/history/login?user_id=', '/history/changes?user_id=']) {
      const headers = { ...SDK, 'X-FilesAPI-Auth': mine.session }
      const { body } = await service.ask('GET', `${API}${path}${other.ids[0]}`, { headers })
      expect(body).toEqual([])
    }
  })

  it('is tested on more than 20 routes', () => {
    expect(withId.length).toBeGreaterThan(20)
  })
})

/** Every change that a user can make, except to log out and to set up what the site requires. */
const changes = routes.filter(
  ({ method, access }) =>
    method !== 'GET' &&
    /^(managing-user|reauthenticated-user|factor-(changing-)?user|(reauthenticated-)?site-admin)$/.test(
      access.name,
    ),
)

describe('A read-only user', () => {
  it('has API keys that change nothing, and can be unpaired', async () => {
    const service = new Service()
    const user = await service.createUser(await service.createSite())
    const { body: session } = await service.logIn(user, { headers: SDK })
    const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
    const { key } = (await service.ask('POST', `${API}/api_keys`, { headers, body: { name: 'x' } }))
      .body
    await service.env.DB_US_EAST_1.prepare('UPDATE users SET read_only = 1').run()
    const byKey = async (method: string, path: string, body = {}) => {
      const asked = { headers: { 'X-FilesAPI-Key': key }, body }
      const reply = await service.ask(method, `${API}${path}`, asked)
      return [reply.status, reply.body?.type]
    }
    const refused = [403, 'not-authorized/read-only-session']
    expect(await byKey('PATCH', '/api_key', { name: 'y' })).toEqual(refused)
    expect(await byKey('PATCH', '/users/0', { language: 'de' })).toEqual(refused)
    expect(await byKey('DELETE', '/api_key')).toEqual([204, undefined])
  })

  it('can set up 2FA when it is required', async () => {
    const service = new Service()
    const user = await service.createUser(await service.createSite({ require2fa: true }))
    await service.env.DB_US_EAST_1.prepare('UPDATE users SET read_only = 1').run()
    const { body: session } = await service.logIn(user, { headers: SDK })
    const asked = {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      body: { method_type: 'totp', name: 'Phone' },
    }
    expect((await service.ask('POST', `${API}/2fa`, asked)).status).toBe(201)
  })

  it.each(changes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'cannot call %s',
    async (_, route) => {
      const service = new Service()
      const site = await service.createSite()
      const admin = await service.createUser(site, { siteAdmin: true })
      const { body: session } = await service.logIn(admin, { headers: SDK })
      await service.env.DB_US_EAST_1.prepare('UPDATE users SET read_only = 1').run()
      const before = await everything(service)
      const enough = {
        id: 1,
        name: 'x',
        username: 'x',
        provider: 'okta',
        client_id: 'x',
        client_secret: 'y',
        enabled: true,
        email: 'x@y.example',
        language: 'de',
        password: 'x',
        confirmed: true,
        present_password: 'x',
        new_password: 'y',
        new_password_again: 'y',
        method_type: 'totp',
        otp: '000000',
        phone_number: '+12025550100',
        redirect_host: 'mysite.localhost',
        pairing_key: 'a1B2c3D4',
        platform: 'mac',
        computer: 'x',
        networks: '',
      }
      const { shape } = route.parameters
      const body = Object.fromEntries(
        Object.entries(enough).filter(
          ([name]) => name in shape && !shape[name]?.safeParse(undefined).success,
        ),
      )
      const { status, headers } = await service.ask(
        route.method,
        fullPath(route).replace(':id', '1'),
        {
          headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
          ...(route.method !== 'DELETE' && { body }),
        },
      )
      expect(status).toBe(403)
      if (route.mediaType === undefined)
        expect(headers.get('X-Files-Error-Class')).toBe('not-authorized/read-only-session')
      expect(await everything(service)).toBe(before)
    },
  )
})
