import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { operatorOf, readPages } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'

/** Users `jo` and `al` of an American site and `eva` of a European one. */
async function open() {
  const service = new Service()
  const american = await service.createSite()
  const european = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
  await service.createUser(american, { username: 'jo' })
  await service.createUser(american, { username: 'al' })
  await service.createUser(european, { username: 'eva' })
  const logIn = async (username: string) =>
    (await service.logIn({ username, password: 'sessionuserpassword' }, { headers: SDK })).body
  const use = async (credential: string) =>
    (await service.ask('GET', `${API}/site`, { headers: { 'X-FilesAPI-Auth': credential } })).status
  return { service, clock: service.clock, ask: operatorOf(service), logIn, use }
}

describe('GET /operator/v1/sessions', () => {
  const owners = (sessions: { region: string; site: string; username: string }[]) =>
    sessions.map(({ region, site, username }) => `${region} ${site} ${username}`).sort()
  const us = ['us-east-1 mysite al', 'us-east-1 mysite jo', 'us-east-1 mysite jo']
  const eu = ['eu-central-1 europe eva', 'eu-central-1 europe eva']

  it('lists the sessions of one user, one site, one region or all, page by page', async () => {
    const { ask, logIn } = await open()
    for (const username of ['jo', 'jo', 'al', 'eva', 'eva']) await logIn(username)
    for (const perPage of [1, 2, 3, 1000]) {
      const listed = async (query: string) =>
        owners((await readPages(ask, `/sessions?${query}`, perPage)).flat())
      expect(await listed('')).toEqual([...eu, ...us])
      expect(await listed('username=JO')).toEqual(us.slice(1))
      expect(await listed('username=eva')).toEqual(eu)
      expect(await listed('site=mysite')).toEqual(us)
      expect(await listed('site=mysite&username=al')).toEqual(us.slice(0, 1))
      expect(await listed('region=eu-central-1')).toEqual(eu)
      expect(await listed('region=us-east-1&username=eva')).toEqual([])
    }
  })

  it('shows the integer id and the times, but no credential', async () => {
    const { clock, ask, logIn, use } = await open()
    const startedAt = clock()
    const session = await logIn('jo')
    clock.advance(10 * MINUTE)
    await use(session.id)
    const { body, headers } = await ask('GET', '/sessions?username=jo')
    expect(body).toMatchObject([
      {
        id: expect.any(Number),
        created_at: new Date(startedAt).toISOString(),
        last_used_at: new Date(clock()).toISOString(),
        timeout_at: new Date(clock() + 6 * HOUR).toISOString(),
      },
    ])
    const digest = await env.DB_US_EAST_1.prepare('SELECT digest FROM keyed_sessions').first(
      'digest',
    )
    for (const secret of [session.id, session.token, String(digest)])
      expect(JSON.stringify([body, [...headers]])).not.toContain(secret)
    expect(await use(String(body[0].id))).toBe(401)
  })

  it('leaves out expired and revoked sessions', async () => {
    const { service, clock, ask, logIn } = await open()
    const usernames = async () =>
      (await ask('GET', '/sessions')).body.map(({ username }: { username: string }) => username)
    const auth = { headers: { 'X-FilesAPI-Auth': (await logIn('al')).id } }
    await service.ask('DELETE', `${API}/sessions`, auth)
    expect(await usernames()).toEqual([])
    await logIn('al')
    await env.DB_US_EAST_1.prepare('UPDATE users SET disabled = 1').run()
    expect(await usernames()).toEqual([])
    await logIn('eva')
    await env.DB_EU_CENTRAL_1.prepare('UPDATE sites SET session_expiry = 1').run()
    expect(await usernames()).toEqual(['eva'])
    clock.advance(2 * HOUR)
    expect(await usernames()).toEqual([])
  })

  it('returns 404 for unknown users and sites, and a user of another site', async () => {
    const { ask } = await open()
    const typeOf = async (query: string) => (await ask('GET', `/sessions?${query}`)).body.type
    expect(await typeOf('username=nobody')).toBe('not-found/user-not-found')
    expect(await typeOf('site=nobody')).toBe('not-found/site-not-found')
    expect(await typeOf('site=europe&username=jo')).toBe('not-found/user-not-found')
  })
})

describe('DELETE /operator/v1/sessions/:id', () => {
  it.each(['jo', 'eva'])(
    'revokes a session of %s at once, in both forms, and no other',
    async (username) => {
      const { service, ask, logIn, use } = await open()
      const session = await logIn(username)
      const [listed] = (await ask('GET', `/sessions?username=${username}`)).body
      const other = await logIn(username)
      const ended = await ask('DELETE', `/sessions/${listed.id}`)
      expect([ended.status, ended.body]).toEqual([204, undefined])
      expect([await use(session.id), await use(session.token)]).toEqual([401, 401])
      const renewal = await service.ask('POST', `${API}/sessions/token`, {
        headers: { Authorization: `Bearer ${session.token}` },
      })
      expect(renewal.status).toBe(401)
      expect([await use(other.id), await use(other.token)]).toEqual([200, 200])
    },
  )

  it('revokes a session that one of its login tokens started', async () => {
    const { service, ask, logIn, use } = await open()
    const parent = await logIn('jo')
    const [listed] = (await ask('GET', '/sessions')).body
    const child = await service.logIn(
      { username: parent.login_token },
      { host: 'mysite.localhost', headers: SDK },
    )
    expect(child.status).toBe(201)
    expect((await ask('DELETE', `/sessions/${listed.id}`)).status).toBe(204)
    expect(await use(child.body.id)).toBe(401)
    expect((await ask('GET', '/sessions')).body).toEqual([])
  })

  it('returns 404 for a session that is unknown, of no region, or no longer active', async () => {
    const { ask, logIn } = await open()
    await logIn('jo')
    const [{ id }] = (await ask('GET', '/sessions')).body
    expect((await ask('DELETE', `/sessions/${id}`)).status).toBe(204)
    for (const unknown of [id, id + 1, 0, -1, 2 ** 53 - 1]) {
      const { status, body } = await ask('DELETE', `/sessions/${unknown}`)
      expect([status, body.type]).toEqual([404, 'not-found/session-not-found'])
    }
  })

  it('refuses an id that is not an integer, such as a session string', async () => {
    const { ask, logIn } = await open()
    const session = await logIn('jo')
    for (const id of [session.id, 'x', '1.5', '9'.repeat(17), '%00']) {
      const { status, body } = await ask('DELETE', `/sessions/${id}`)
      expect([status, body.type]).toEqual([400, 'bad-request/request-params-invalid'])
      expect(JSON.stringify(body)).not.toContain(session.id)
    }
  })
})
