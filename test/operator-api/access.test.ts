import { describe, expect, it, vi } from 'vitest'
import { describeRoutes } from '../../src/routes.ts'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'

const routes: [method: string, path: string, body?: Record<string, unknown>][] = [
  ['POST', '/operator/v1/sites', { subdomain: 'new', region: 'us-east-1' }],
  ['GET', '/operator/v1/sites'],
  ['GET', '/operator/v1/sites/mysite'],
  [
    'POST',
    '/operator/v1/users',
    { username: 'jo', site: 'mysite', password: 'long enough for most' },
  ],
  ['GET', '/operator/v1/users'],
  ['GET', '/operator/v1/users/sessionuser'],
  ['POST', '/operator/v1/users/sessionuser/password', { password: 'long enough for most' }],
  ['POST', '/operator/v1/users/sessionuser/2fa/reset'],
  ['POST', '/operator/v1/users/sessionuser/disable'],
  ['POST', '/operator/v1/users/sessionuser/enable'],
  ['POST', '/operator/v1/users/sessionuser/unlock'],
  ['POST', '/operator/v1/users/sessionuser/welcome'],
  ['POST', '/operator/v1/directory/rebuild', { of: 'users' }],
  ['POST', '/operator/v1/users/rekey'],
  ['GET', '/operator/v1/sessions'],
  ['DELETE', '/operator/v1/sessions/1'],
]

async function inUse(changes: ConstructorParameters<typeof Service>[0] = {}) {
  const service = new Service(changes)
  const site = await service.createSite()
  const user = await service.createUser(site, { siteAdmin: true, email: 'jo@example.com' })
  const { body: session } = await service.logIn(user, { headers: SDK })
  return { service, session }
}

describe('The operator API', () => {
  it('is described in full by the routes tested here', () => {
    const { paths } = describeRoutes() as { paths: Record<string, object> }
    const described = Object.entries(paths)
      .filter(([path]) => path.startsWith('/operator/'))
      .flatMap(([, methods]) => Object.keys(methods))
    expect(described).toHaveLength(routes.length)
  })

  it.each(routes)('refuses %s %s to everyone but the operator', async (method, path, body) => {
    const { service, session } = await inUse()
    const typeFor = async (headers: Record<string, string>) => {
      const answer = await service.ask(method, path, { headers, ...(body && { body }) })
      expect(answer.headers.get('X-Files-Error-Class')).toBe(answer.body.type)
      return [answer.status, answer.body.type]
    }
    const required = [401, 'not-authenticated/authentication-required']
    const invalid = [401, 'not-authenticated/invalid-credentials']
    const token = service.env.OPERATOR_TOKEN as string
    expect(await typeFor({})).toEqual(required)
    expect(await typeFor({ 'X-FilesAPI-Auth': session.id })).toEqual(required)
    expect(await typeFor({ 'X-FilesAPI-Auth': token })).toEqual(required)
    expect(await typeFor({ 'X-FilesAPI-Key': token })).toEqual(required)
    expect(await typeFor({ Authorization: `Basic ${btoa(`${token}:`)}` })).toEqual(required)
    for (const bearer of [
      session.token,
      session.id,
      'A'.repeat(43),
      token.slice(1),
      `${token}A`,
      token.toLowerCase(),
    ])
      expect(await typeFor({ Authorization: `Bearer ${bearer}` })).toEqual(invalid)
    const users = await service.env.DB_US_EAST_1.prepare(
      'SELECT username, disabled FROM users',
    ).all()
    expect(users.results).toEqual([{ username: 'sessionuser', disabled: 0 }])
  })

  it('is closed when no operator token is set', async () => {
    for (const OPERATOR_TOKEN of [undefined, '']) {
      const service = new Service(Object.assign({ OPERATOR_TOKEN: '' }, { OPERATOR_TOKEN }))
      for (const bearer of ['', 'undefined', 'null', 'A'.repeat(43)]) {
        const { status } = await service.ask('GET', '/operator/v1/sites', {
          headers: { Authorization: `Bearer ${bearer}` },
        })
        expect(status).toBe(401)
      }
    }
  })

  it('refuses a configured operator token of fewer than 32 bytes', async () => {
    for (const OPERATOR_TOKEN of ['A'.repeat(41), 'no base64url, but long enough to be a token'])
      expect((await operatorOf(new Service({ OPERATOR_TOKEN }))('GET', '/sites')).status).toBe(503)
  })

  it('accepts the operator token as nobody’s session', async () => {
    const { service } = await inUse()
    for (const header of ['Authorization', 'X-FilesAPI-Auth']) {
      const value = `${header === 'Authorization' ? 'Bearer ' : ''}${service.env.OPERATOR_TOKEN}`
      const { status } = await service.ask('GET', `${API}/site`, { headers: { [header]: value } })
      expect(status).toBe(401)
    }
  })

  it('shows the operator, and nobody else, which stores a request visited', async () => {
    const { service } = await inUse({ SERVER_TIMING: 'off' })
    const { trips } = await operatorOf(service)('GET', '/sites')
    expect(trips).toEqual(['d1-us-east-1-primary', 'd1-eu-central-1-primary'])
    expect((await service.ask('GET', '/operator/v1/sites')).trips).toEqual([])
    expect((await service.ask('GET', '/health')).trips).toEqual([])
  })

  it('logs the route and the outcome, but neither the token nor a password', async () => {
    const { service } = await inUse()
    const log = vi.spyOn(console, 'log').mockClear()
    const path = '/users/sessionuser/password'
    await operatorOf(service)('POST', path, { password: 'a passphrase to look for' })
    await service.ask('GET', '/operator/v1/sites', {
      headers: { Authorization: `Bearer x${service.env.OPERATOR_TOKEN}` },
    })
    const lines = log.mock.calls.map(([line]) => String(line))
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { route: '/operator/v1/users/:username/password', status: 204 },
      { route: '/operator/v1/sites', status: 401, reason: 'not the operator' },
    ])
    for (const secret of [service.env.OPERATOR_TOKEN as string, 'passphrase'])
      expect(lines.join()).not.toContain(secret)
  })
})
