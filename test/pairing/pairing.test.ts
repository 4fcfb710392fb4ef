import { describe, expect, it, vi } from 'vitest'
import { Authority } from '../../src/audit/credential-event.ts'
import type { RequestFacts } from '../../src/http/request-facts.ts'
import { approvePairing, denyPairing, isElsewhere, pairingState } from '../../src/pairing/pair.ts'
import { PairingLedger } from '../../src/pairing/pairing-ledger.ts'
import { networkNamed } from '../../src/pairing/poller.ts'
import { idsOfMinute } from '../../src/storage/sweep.ts'
import type { Account } from '../../src/users/account.ts'
import { env } from '../support/env.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { API, Service } from '../support/service.ts'
import { isAmong, passTimeUntil } from '../support/slices.ts'

const MINUTE = 60_000
const KEY = 'a1B2c3D4'

async function open(changes: ConstructorParameters<typeof Service>[0] = {}, site = {}) {
  const service = new Service(changes)
  const home = await service.createSite(site)
  await service.createUser(home, { email: 'jo@example.com' })
  const poll = (key = KEY, from = {}) =>
    service.ask('POST', `${API}/sessions/pairing_key/${key}`, {
      body: '',
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'Cyberduck/8.9.0',
        'CF-Connecting-IP': '203.0.113.7',
      },
      ...from,
    })
  const callerNow = async () => {
    const ctx = await service.open()
    const account = await ctx.in(home.region).users.named('sessionuser')
    const authorize = async () => Authority.granted
    return { live: account as Account, region: home.region, apiKey: null, authorize }
  }
  const stateOf = async (key = KEY) => pairingState(await service.open(), await callerNow(), key)
  /** Approves what the page shows: every network that polls, or these. */
  const approve = async (key = KEY, address = '203.0.113.7', only?: string[]) => {
    if (!only) await poll(key)
    const shown = only ?? (await stateOf(key)).pollers.map((one) => networkNamed(one.address))
    const request = { address } as RequestFacts
    const work: Promise<unknown>[] = []
    const needs = {
      ...(await service.open()),
      afterReply: (one: Promise<unknown>) => work.push(one),
    }
    await approvePairing(needs, await callerNow(), {
      pairingKey: key,
      platform: 'mac',
      computer: 'Jo’s Mac',
      networks: shown,
      request,
    })
    await Promise.all(work)
  }
  const deny = async (key = KEY) => denyPairing(await service.open(), await callerNow(), key)
  const use = async (key: string) =>
    (await service.ask('GET', `${API}/site`, { headers: { 'X-FilesAPI-Key': key } })).status
  return { service, home, poll, stateOf, approve, deny, use }
}

async function keysMade() {
  return env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM api_keys').first('n')
}

describe('A pairing key', () => {
  it('is reported as "not yet" while it is unknown, pending, malformed, denied or expired', async () => {
    const { service, poll, approve, deny } = await open()
    for (const key of [KEY, 'short', 'x'.repeat(65), 'with%20space', KEY]) {
      const { status, body } = await poll(key)
      expect([status, body.type]).toEqual([404, 'not-found/code-not-found'])
    }
    await deny()
    await expect(approve()).rejects.toThrow('decided before')
    await approve('another-key-1')
    service.clock.advance(2 * MINUTE)
    for (const key of [KEY, 'another-key-1']) expect((await poll(key)).status).toBe(404)
    expect(await keysMade()).toBe(0)
  })

  it('is fetched once, by the first poll after the approval, and becomes an API key of a desktop app', async () => {
    const { poll, approve, use } = await open()
    expect((await poll()).status).toBe(404)
    await approve()
    const { status, body } = await poll()
    expect(status).toBe(201)
    expect(body).toEqual({
      server: 'http://mysite.localhost',
      username: expect.stringMatching(/^@api-\d+$/),
      password: expect.stringMatching(/^latchkey[0-9A-Za-z]{40}$/),
      user_username: 'sessionuser',
      nickname: 'sessionuser @ mysite.localhost',
    })
    expect(await use(body.password)).toBe(200)
    expect((await poll()).status).toBe(404)
    await expect(approve()).rejects.toThrow('decided before')
    const row = await env.DB_US_EAST_1.prepare('SELECT * FROM api_keys').first()
    expect(row).toMatchObject({ permission_set: 'desktop_app', platform: 'mac', name: 'Jo’s Mac' })
    expect(Number(row?.expires_at) - Number(row?.created_at)).toBe(720 * 60 * MINUTE)
  })

  it('is approved at the next poll, even while KV still reports it as missing', async () => {
    const KV = { ...env.KV, get: async () => null, put: env.KV.put.bind(env.KV) } as never
    const { poll, approve } = await open({ KV })
    await poll()
    await approve()
    expect((await poll()).status).toBe(201)
  })

  it('works while KV is down', async () => {
    const fails = async () => Promise.reject(new Error('KV is down'))
    const { poll, approve } = await open({ KV: { get: fails, put: fails, delete: fails } as never })
    await poll()
    await approve().catch(() => undefined)
    expect((await poll()).status).toBe(201)
  })

  it('gives one API key to 50 polls at the moment of the approval', async () => {
    const { poll, approve } = await open()
    await poll()
    await approve()
    const replies = await Promise.all(Array.from({ length: 50 }, () => poll()))
    expect(replies.map(({ status }) => status).sort()[0]).toBe(201)
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(await keysMade()).toBe(1)
  })

  it('would give several keys with a store that reads, then writes', async () => {
    vi.spyOn(PairingLedger.prototype, 'redeem').mockImplementation(async () => {
      const found = await env.DB_US_EAST_1.prepare('SELECT * FROM pairing_approvals').first()
      await env.DB_US_EAST_1.prepare('DELETE FROM pairing_approvals').run()
      return found !== null
    })
    const { poll, approve } = await open()
    await approve()
    const replies = await Promise.all(Array.from({ length: 50 }, () => poll()))
    vi.restoreAllMocks()
    expect(replies.filter(({ status }) => status === 201).length).toBeGreaterThan(1)
  })

  it.each(['before commit', 'after commit'] as const)(
    'can be fetched again when the connection is lost %s',
    async (fault) => {
      const faulty = new FaultyDatabase(env.DB_US_EAST_1)
      const { poll, approve } = await open({ DB_US_EAST_1: faulty.binding })
      await approve()
      if (fault === 'after commit') faulty.losesNextBatch = true
      else faulty.fault = fault
      const first = await poll()
      faulty.fault = null
      expect(first.status).toBe(fault === 'before commit' ? 503 : 201)
      expect((await poll()).status).toBe(fault === 'before commit' ? 201 : 404)
      expect(await keysMade()).toBe(1)
    },
  )

  it.each([
    ['the user is disabled', 'UPDATE users SET disabled = 1'],
    ['the user’s access expires', 'UPDATE users SET authenticate_until = 1'],
    ['the user’s IP address is no longer allowed', "UPDATE users SET allowed_ips = '10.0.0.1'"],
    ['the user loses API access', 'UPDATE users SET restapi_permission = 0'],
    ['the credentials change', 'UPDATE users SET credential_version = credential_version + 1'],
    ['the site disables desktop apps', 'UPDATE sites SET desktop_app = 0'],
  ])('expires when %s between approval and fetch', async (_, change) => {
    const { poll, approve } = await open()
    await approve()
    await env.DB_US_EAST_1.prepare(change).run()
    expect((await poll()).status).toBe(404)
    expect(await keysMade()).toBe(0)
  })

  it('records where it is polled from, and whether that is elsewhere', async () => {
    const { poll, stateOf } = await open()
    expect(isElsewhere([], { address: '203.0.113.7' } as RequestFacts)).toBe(true)
    await poll(KEY, { cf: { city: 'Berlin', country: 'DE' } })
    const { pollers } = await stateOf()
    expect(pollers).toMatchObject([{ address: '203.0.113.7', place: 'Berlin, DE' }])
    expect(isElsewhere(pollers, { address: '203.0.113.7' } as RequestFacts)).toBe(false)
    expect(isElsewhere(pollers, { address: '198.51.100.1' } as RequestFacts)).toBe(true)
  })

  it('is refused from another network when the site pins apps, as is its API key from another IP address', async () => {
    const { service, poll, approve } = await open()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET desktop_app_session_ip_pinning = 1').run()
    await poll()
    await expect(approve(KEY, '198.51.100.1')).rejects.toThrow('desktop-app-of-other-network')
    await approve()
    const { body } = await poll()
    const from = async (address: string) => {
      const headers = { 'X-FilesAPI-Key': body.password, 'CF-Connecting-IP': address }
      return (await service.ask('GET', `${API}/site`, { headers })).status
    }
    expect([await from('203.0.113.7'), await from('203.0.113.8')]).toEqual([200, 401])
  })

  it('whose API key is not used within ten minutes expires', async () => {
    const { service, poll, approve, use } = await open()
    await approve()
    const { body } = await poll()
    service.clock.advance(10 * MINUTE)
    expect(await use(body.password)).toBe(401)
    const id = await env.DB_US_EAST_1.prepare('SELECT id FROM api_keys').first<number>('id')
    passTimeUntil(service.clock, () => isAmong(id, idsOfMinute(1, service.clock())))
    await service.runCron()
    expect(await keysMade()).toBe(0)
    expect(
      await env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM pairing_approvals').first('n'),
    ).toBe(0)
  })

  it('appears in no log', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const { poll, approve } = await open()
    await poll()
    await approve()
    await poll()
    const logged = JSON.stringify(log.mock.calls)
    log.mockRestore()
    expect(logged).toContain('/sessions/pairing_key/:key')
    expect(logged).not.toContain(KEY)
  })
})

describe('A password reset', () => {
  it('revokes the keys of paired apps, and no others', async () => {
    const { service, poll, approve, use } = await open()
    await approve()
    const { body } = await poll()
    expect(await use(body.password)).toBe(200)
    expect(service.mails.map(({ text }) => text).join()).toMatch(/app on “Jo’s Mac” was paired/)
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'sessionuser' } })
    const code = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '')?.[1]
    const password = 'a quiet lamp by the window'
    await service.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password } })
    expect(await use(body.password)).toBe(401)
  })
})

describe('The API key of a paired app', () => {
  it('follows the site’s current settings: one network, a number of hours, or not at all', async () => {
    const { service, poll, approve } = await open()
    await approve()
    const { password: key } = (await poll()).body
    const use = async (address: string) => {
      const headers = { 'X-FilesAPI-Key': key, 'CF-Connecting-IP': address }
      return (await service.ask('GET', `${API}/site`, { headers })).status
    }
    const both = async () => [await use('203.0.113.7'), await use('198.51.100.1')]
    const set = (change: string) => env.DB_US_EAST_1.prepare(`UPDATE sites SET ${change}`).run()
    expect(await both()).toEqual([200, 200])
    await set('desktop_app_session_ip_pinning = 1')
    expect(await both()).toEqual([200, 401])
    await set('desktop_app_session_ip_pinning = 0, desktop_app_session_lifetime = 1')
    service.clock.advance(60 * MINUTE - 1)
    expect(await both()).toEqual([200, 200])
    service.clock.advance(1)
    expect(await both()).toEqual([401, 401])
    await set('desktop_app_session_lifetime = 0')
    expect(await both()).toEqual([200, 200])
    await set('desktop_app = 0')
    expect(await both()).toEqual([401, 401])
  })
})

describe('The page that approves an app', () => {
  it.each([
    ['Jo\u202es Mac', 'Jos Mac'],
    ['\u2067Jo’s Mac\u2069', 'Jo’s Mac'],
    ['המחשב של Jo', 'המחשב של Jo'],
  ])(
    'shows the computer’s name without bidirectional control characters: %j',
    async (computer, shown) => {
      const service = new Service()
      await service.createUser(await service.createSite())
      const host = 'mysite.localhost'
      const query = new URLSearchParams({
        pairing_key: 'a1B2c3D4',
        platform: 'mac\u202e',
        computer,
      })
      const wish = await service.ask('GET', `/login_from_desktop?${query}`, { host })
      const session = await service.ask('POST', '/login', {
        host,
        headers: { Origin: `http://${host}` },
        body: { username: 'sessionuser', password: 'sessionuserpassword' },
      })
      const cookies = [wish, session].flatMap(({ headers }) => headers.getSetCookie())
      const Cookie = cookies.map((cookie) => cookie.split(';')[0]).join('; ')
      const { body } = await service.ask('GET', '/pairing', { host, headers: { Cookie } })
      expect(body).toContain(`<bdi translate="no">${shown}</bdi>`)
      expect(body).toContain('<bdi translate="no">mac</bdi>')
      expect(body).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
    },
  )
})
