import { describe, expect, it } from 'vitest'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { API, SDK, Service } from '../support/service.ts'

const DAY = 86_400_000
const right = { username: 'sessionuser', password: 'sessionuserpassword' }

async function open() {
  const service = new Service()
  const site = await service.createSite()
  const user = await service.createUser(site)
  const from = (address: string) => ({ ...SDK, 'CF-Connecting-IP': address })
  const logIn = (address = '192.0.2.7') => service.logIn(right, { headers: from(address) })
  const use = async (session: string, address = '192.0.2.7') => {
    const headers = { ...from(address), 'X-FilesAPI-Auth': session }
    return (await service.ask('GET', `${API}/site`, { headers })).status
  }
  const setUser = (set: string) =>
    service.env.DB_US_EAST_1.prepare(`UPDATE users SET ${set} WHERE id = ${user.id}`).run()
  const setSite = (set: string) => service.env.DB_US_EAST_1.prepare(`UPDATE sites SET ${set}`).run()
  const lastOutcome = () =>
    service.env.DB_US_EAST_1.prepare(
      `SELECT group_concat(DISTINCT outcome) AS outcome FROM ${EVERY_ATTEMPT} WHERE outcome <> 'none'`,
    ).first('outcome')
  return { service, logIn, use, setUser, setSite, lastOutcome }
}

describe('The allowed IP addresses', () => {
  it.each([
    ['an IP address', '192.0.2.7', '192.0.2.7', '192.0.2.8'],
    ['a network', '10.0.0.0/8\n192.0.2.0/24', '192.0.2.200', '192.0.3.1'],
    ['any IPv4', '0.0.0.0/0', '198.51.100.1', '2001:db8::1'],
    ['an IPv6 address in any form', '2001:DB8:0::1', '2001:db8::1', '2001:db8::2'],
    ['an IPv6 network', '2001:db8::/32', '2001:db8:ffff::9', '2001:db9::1'],
    ['IPv4 in IPv6', '192.0.2.7', '::ffff:192.0.2.7', '::ffff:192.0.2.9'],
  ])('may be %s: of the user, and of the site', async (_, list, inside, outside) => {
    const { logIn, use, setUser, setSite, lastOutcome } = await open()
    const { body } = await logIn(outside)
    for (const set of [setUser, setSite]) {
      await set(`allowed_ips = '${list}'`)
      const refused = await logIn(outside)
      expect([refused.status, refused.body.type]).toEqual([
        401,
        'not-authenticated/invalid-username-or-password',
      ])
      expect(await lastOutcome()).toBe('ip_mismatch')
      expect((await logIn(inside)).status).toBe(201)
      expect([await use(body.id, inside), await use(body.id, outside)]).toEqual([200, 401])
      await set("allowed_ips = ''")
      expect(await use(body.id, outside)).toBe(200)
    }
  })

  it('are compared with the platform’s header only', async () => {
    const { service, setUser } = await open()
    await setUser("allowed_ips = '192.0.2.7'")
    const headers = { 'X-Forwarded-For': '192.0.2.7', 'X-Real-IP': '192.0.2.7' }
    expect((await service.logIn(right, { headers })).status).toBe(401)
  })

  it('of the site do not apply to a user who bypasses them', async () => {
    const { logIn, setUser, setSite } = await open()
    await setSite("allowed_ips = '10.0.0.1'")
    expect((await logIn()).status).toBe(401)
    await setUser('bypass_site_allowed_ips = 1')
    expect((await logIn()).status).toBe(201)
    await setUser("allowed_ips = '10.0.0.2'")
    expect((await logIn()).status).toBe(401)
  })

  it('are the network where a session started, if the site pins sessions', async () => {
    const { service, logIn, use, setSite } = await open()
    const { body } = await logIn()
    const { body: six } = await logIn('2001:db8::1')
    expect(await use(body.id, '192.0.2.8')).toBe(200)
    await setSite('session_pinned_by_ip = 1')
    expect([await use(body.id), await use(body.id, '192.0.2.8')]).toEqual([200, 401])
    expect(await use(six.id, '2001:db8::ffff')).toBe(200)
    expect(await use(six.id, '2001:db8:0:1::1')).toBe(401)
    const misuses = async () =>
      (
        await service.env.DB_US_EAST_1.prepare(
          `SELECT address FROM ${EVERY_ATTEMPT} WHERE outcome = 'ip_mismatch'`,
        ).all()
      ).results.map(({ address }) => address)
    expect((await misuses()).sort()).toEqual(['192.0.2.8', '2001:db8:0:1::1'])
    await use(body.id, '192.0.2.9')
    expect((await misuses()).length).toBe(2)
    service.clock.advance(11 * 60_000)
    await use(body.id, '192.0.2.9')
    expect(await misuses()).toContain('192.0.2.9')
  })

  it('apply to API keys', async () => {
    const { service, logIn, setUser } = await open()
    const { body: session } = await logIn()
    const { body: key } = await service.ask('POST', `${API}/api_keys`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id, 'CF-Connecting-IP': '192.0.2.7' },
      body: { name: 'x' },
    })
    const use = async (address: string) => {
      const headers = { 'X-FilesAPI-Key': key.key, 'CF-Connecting-IP': address }
      return (await service.ask('GET', `${API}/site`, { headers })).status
    }
    await setUser("allowed_ips = '192.0.2.0/24'")
    expect([await use('192.0.2.9'), await use('198.51.100.1')]).toEqual([200, 401])
  })
})

describe('A user', () => {
  it('can log in until authenticate_until, to the millisecond', async () => {
    const { service, logIn, use, setUser, lastOutcome } = await open()
    const { body } = await logIn()
    await setUser(`authenticate_until = ${service.clock() + 1_000}`)
    service.clock.advance(999)
    expect([(await logIn()).status, await use(body.id)]).toEqual([201, 200])
    service.clock.advance(1)
    expect([(await logIn()).status, await use(body.id)]).toEqual([401, 401])
    expect(await lastOutcome()).toBe('expired_access')
  })

  it('without API access can log in only through a front end of another protocol', async () => {
    const { logIn, use, setUser, lastOutcome } = await open()
    const { body } = await logIn()
    await setUser('restapi_permission = 0')
    expect([(await logIn()).status, await use(body.id)]).toEqual([401, 401])
    expect(await lastOutcome()).toBe('no_restapi_permission')
  })

  it('who is inactive for too long cannot log in until an admin enables them', async () => {
    const { service, logIn, use, setUser, setSite, lastOutcome } = await open()
    await setSite('disable_users_from_inactivity_period_days = 30')
    const { body } = await logIn()
    service.clock.advance(30 * DAY - 1)
    expect((await logIn()).status).toBe(201)
    service.clock.advance(30 * DAY)
    expect((await logIn()).status).toBe(401)
    expect(await lastOutcome()).toBe('disabled')
    expect(await use(body.id)).toBe(401)
    await setUser(`enabled_at = ${service.clock()}`)
    expect((await logIn()).status).toBe(201)
  })

  it('who is inactive for too long is refused with unused sessions and keys, and each use counts as activity', async () => {
    const { service, logIn, use, setSite } = await open()
    await setSite('session_expiry = 720')
    const { body: session } = await logIn()
    const headers = { ...SDK, 'X-FilesAPI-Auth': session.id, 'CF-Connecting-IP': '192.0.2.7' }
    const [used, unused] = await Promise.all(
      ['used', 'unused'].map(
        async (name) =>
          (await service.ask('POST', `${API}/api_keys`, { headers, body: { name } })).body.key,
      ),
    )
    const byKey = async (key: string) =>
      (await service.ask('GET', `${API}/site`, { headers: { 'X-FilesAPI-Key': key } })).status
    await setSite('disable_users_from_inactivity_period_days = 1')
    service.clock.advance(DAY / 2)
    expect([await use(session.id), await byKey(used)]).toEqual([200, 200])
    service.clock.advance(DAY / 2)
    expect([await use(session.id), await byKey(used), await byKey(unused)]).toEqual([200, 200, 401])
    service.clock.advance(DAY)
    expect([await use(session.id), await byKey(used)]).toEqual([401, 401])
  })

  it('who is an admin is exempt from inactivity, so that the last one is never locked out', async () => {
    const { service, logIn, setUser, setSite } = await open()
    await setSite('disable_users_from_inactivity_period_days = 1')
    await setUser('site_admin = 1')
    service.clock.advance(100 * DAY)
    expect((await logIn()).status).toBe(201)
  })
})

describe('A password that must be changed', () => {
  it.each([
    ['it was requested', 'users SET require_password_change = 1', 0],
    ['it is outdated', 'sites SET password_validity_days = 20', 20 * DAY],
  ])('limits sessions to the change of the password, since %s', async (_, set, later) => {
    const { service, logIn, use, setSite } = await open()
    await setSite('session_expiry = 720')
    const { body: before } = await logIn()
    const headers = { ...SDK, 'X-FilesAPI-Auth': before.id, 'CF-Connecting-IP': '192.0.2.7' }
    const { body: key } = await service.ask('POST', `${API}/api_keys`, {
      headers,
      body: { name: 'x' },
    })
    service.clock.advance(later)
    expect(await use(before.id)).toBe(200)
    await service.env.DB_US_EAST_1.prepare(`UPDATE ${set}`).run()
    for (const [method, path] of [
      ['GET', '/api_keys'],
      ['POST', '/api_keys'],
      ['GET', '/2fa'],
      ['GET', '/users/0'],
    ] as const) {
      const asked = { headers, ...(method === 'POST' && { body: { name: 'y' } }) }
      const { status, body } = await service.ask(method, `${API}${path}`, asked)
      expect([status, body.type]).toEqual([403, 'not-authorized/password-change-required'])
    }
    const page = await service.ask('GET', '/account', {
      headers: { Cookie: `__Host-latchkey=${before.id}`, 'CF-Connecting-IP': '192.0.2.7' },
    })
    expect(page.headers.get('Location')).toContain('/login?return_to=')
    const renewed = await service.ask('POST', `${API}/sessions/token`, { headers })
    const [, claims = ''] = (renewed.body.token as string).split('.')
    expect(JSON.parse(atob(claims)).aud).not.toBe('latchkey')
    const byKey = { headers: { 'X-FilesAPI-Key': key.key } }
    expect((await service.ask('GET', `${API}/api_keys`, byKey)).status).toBe(200)
    expect((await service.ask('DELETE', `${API}/sessions`, { headers })).status).toBe(204)
  })
})
