import { describe, expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'

const TOKEN = 'c2Z0cC1ldS1iZWFycy10aGlzLXRva2VuLW9mLTMyLWJ5dGVz'
const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const from = { ...SDK, 'CF-Connecting-IP': '192.0.2.7' }
const DAY = 86_400_000

/** A user who is logged in with every kind of credential. */
async function everywhere() {
  const service = new Service({ SERVICE_CREDENTIALS: JSON.stringify({ 'sftp-eu': TOKEN }) })
  const site = await service.createSite({ sessionExpiry: 720 })
  await service.createUser(site)
  const session = (await service.logIn(right, { headers: from })).body
  const { key } = (
    await service.ask('POST', `${API}/api_keys`, {
      headers: { ...from, 'X-FilesAPI-Auth': session.id },
      body: { name: 'x' },
    })
  ).body
  const spoken = { 'X-Latchkey-Service': TOKEN, 'X-Latchkey-Client-Address': '192.0.2.7' }
  const site200 = async (credential: Record<string, string>) =>
    (await service.ask('GET', `${API}/site`, { headers: { ...from, ...credential } })).status ===
    200
  const introspected = async (token: string) =>
    (await service.ask('POST', `${API}/introspect`, { headers: spoken, body: { token } })).body
      .active
  /** Whether each credential works, by its name. */
  const open = async () => ({
    'a session string': await site200({ 'X-FilesAPI-Auth': session.id }),
    'a session token': await site200({ Authorization: `Bearer ${session.token}` }),
    'an API key': await site200({ 'X-FilesAPI-Key': key }),
    'Basic with a key': await site200({ Authorization: `Basic ${btoa(`${key}:x`)}` }),
    'a page':
      (
        await service.ask('GET', '/account', {
          headers: { ...from, Cookie: `__Host-latchkey=${session.id}` },
        })
      ).status === 200,
    'a new session token':
      (
        await service.ask('POST', `${API}/sessions/token`, {
          headers: { ...from, 'X-FilesAPI-Auth': session.id },
        })
      ).status === 201,
    'a session, to a service': await introspected(session.id),
    'a key, to a service': await introspected(key),
    'a log in': (await service.logIn(right, { headers: from })).status === 201,
  })
  const logInToken = () =>
    service.logIn({ username: session.login_token }, { headers: from, host: 'mysite.localhost' })
  const set = (change: string) => service.env.DB_US_EAST_1.prepare(`UPDATE ${change}`).run()
  return { service, open, set, logInToken }
}

type Open = Awaited<ReturnType<Awaited<ReturnType<typeof everywhere>>['open']>>

function all(isOpen: boolean, but: Partial<Open> = {}): Record<string, boolean> {
  const ways: (keyof Open)[] = [
    ...([
      'a session string',
      'a session token',
      'an API key',
      'Basic with a key',
      'a page',
    ] as const),
    ...([
      'a new session token',
      'a session, to a service',
      'a key, to a service',
      'a log in',
    ] as const),
  ]
  return { ...Object.fromEntries(ways.map((way) => [way, isOpen])), ...but }
}

describe('An access rule of a user or their site', () => {
  it.each<[string, string, string, Partial<Open>]>([
    ['disabled', 'users SET disabled = 1', 'users SET disabled = 0', {}],
    [
      'authenticate_until',
      'users SET authenticate_until = 1',
      'users SET authenticate_until = NULL',
      {},
    ],
    [
      'allowed_ips of the user',
      "users SET allowed_ips = '10.0.0.1'",
      "users SET allowed_ips = ''",
      {},
    ],
    [
      'allowed_ips of the site',
      "sites SET allowed_ips = '10.0.0.1'",
      "sites SET allowed_ips = ''",
      {},
    ],
    [
      'restapi_permission',
      'users SET restapi_permission = 0',
      'users SET restapi_permission = 1',
      // There a front end of another protocol acts for the user.
      { 'a session, to a service': true, 'a key, to a service': true },
    ],
  ])(
    'applies to every credential, at once, and no longer than set: %s',
    async (_, set, unset, but) => {
      const user = await everywhere()
      expect(await user.open()).toEqual(all(true))
      await user.set(set)
      expect(await user.open()).toEqual(all(false, but))
      expect((await user.logInToken()).status).toBe(401)
      await user.set(unset)
      expect(await user.open()).toEqual(all(true))
    },
  )

  it('applies to every credential once the user is inactive for too long', async () => {
    const user = await everywhere()
    await user.set('sites SET disable_users_from_inactivity_period_days = 7')
    expect(await user.open()).toEqual(all(true))
    user.service.clock.advance(7 * DAY)
    expect(await user.open()).toEqual(all(false))
  })

  it('requiring another protocol admits a front end that acts for the user', async () => {
    const user = await everywhere()
    await user.set('users SET restapi_permission = 0')
    const headers = { 'X-Latchkey-Service': TOKEN, 'X-Latchkey-Client-Address': '192.0.2.7' }
    expect((await user.service.logIn(right, { headers })).status).toBe(201)
  })

  it('that shortens sessions applies to existing ones', async () => {
    const user = await everywhere()
    user.service.clock.advance(DAY)
    await user.set('sites SET session_expiry = 1')
    const { 'a log in': logIn, 'an API key': key, ...others } = await user.open()
    expect([logIn, key]).toEqual([true, true])
    expect(others['a session string'] || others['a session token'] || others['a page']).toBe(false)
  })
})
