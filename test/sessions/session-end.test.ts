import { describe, expect, it } from 'vitest'
import { sessions } from '../../src/sessions/tables.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/storage/clock.ts'
import type { Region } from '../../src/storage/region.ts'
import { type SweptRows, sweepRows } from '../../src/storage/sweep.ts'
import { sweepsIn } from '../../src/sweeps.ts'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }

async function loggedIn(input: Parameters<Service['createSite']>[0] = {}) {
  const service = new Service()
  const site = await service.createSite(input)
  const user = await service.createUser(site)
  const { body: session } = await service.logIn(right, { headers: SDK })
  const use = (credential: string = session.id, host = 'localhost') =>
    service.ask('GET', `${API}/site`, { host, headers: { 'X-FilesAPI-Auth': credential } })
  return { service, site, user, session, use, clock: service.clock }
}

describe('A session', () => {
  it.each(['id', 'token'])(
    'is active until its timeout_at, by %s, when it is not used',
    async (form) => {
      const { clock, session, use } = await loggedIn()
      clock.advance(Date.parse(session.timeout_at) - clock() - SECOND)
      expect((await use(session[form])).status).toBe(200)
    },
  )

  it('expires at its timeout_at, in both forms, when it is not used', async () => {
    const { clock, session, use } = await loggedIn()
    clock.advance(Date.parse(session.timeout_at) - clock())
    expect((await use()).status).toBe(401)
    expect((await use(session.token)).status).toBe(401)
  })

  it('is extended by each use, and says until when', async () => {
    const { clock, use } = await loggedIn()
    for (let hour = 0; hour < 20; hour += 5) {
      clock.advance(5 * HOUR)
      const { status, body } = await use()
      expect(status).toBe(200)
      expect(body.session.timeout_at).toBe(new Date(clock() + 6 * HOUR).toISOString())
    }
  })

  it('expires after 30 days, however much it is used', async () => {
    const { clock, session, use } = await loggedIn()
    const endsAt = clock() + 30 * DAY
    while (clock() < endsAt - 6 * HOUR) {
      clock.advance(5 * HOUR)
      expect((await use()).status).toBe(200)
    }
    clock.advance(endsAt - clock() - SECOND)
    const { body } = await use()
    expect(body.session.timeout_at).toBe(new Date(endsAt).toISOString())
    clock.advance(SECOND)
    expect((await use()).status).toBe(401)
    expect((await use(session.token)).status).toBe(401)
  })

  it('stores its last use at most every 5 minutes', async () => {
    const { clock, use } = await loggedIn()
    const writes = async (minutes: number) => {
      clock.advance(minutes * MINUTE)
      await env.DB_US_EAST_1.prepare('INSERT OR REPLACE INTO heartbeat VALUES (1, ?)')
        .bind(clock())
        .run()
      return (await use()).trips.filter((trip) => trip.endsWith('primary')).length
    }
    expect([await writes(4), await writes(1), await writes(4), await writes(2)]).toEqual([
      0, 1, 0, 1,
    ])
  })

  it('expires earlier as soon as the site shortens session_expiry', async () => {
    const { clock, use } = await loggedIn()
    clock.advance(2 * HOUR)
    await env.DB_US_EAST_1.prepare('UPDATE sites SET session_expiry = 1').run()
    expect((await use()).status).toBe(401)
  })

  it('follows a session_expiry of a fraction of an hour', async () => {
    const { clock, use } = await loggedIn({ sessionExpiry: 0.5 })
    clock.advance(29 * MINUTE)
    expect((await use()).status).toBe(200)
    clock.advance(30 * MINUTE)
    expect((await use()).status).toBe(401)
  })

  it('cannot be logged out once it has expired', async () => {
    const { service, clock, session } = await loggedIn()
    clock.advance(6 * HOUR)
    const { status } = await service.ask('DELETE', `${API}/sessions`, {
      headers: { 'X-FilesAPI-Auth': session.id },
    })
    expect(status).toBe(401)
  })

  it.each(["password_hash = 'x'", 'disabled = 1'])(
    'is revoked when its user changes: %s',
    async (change) => {
      const { service, user, session, use } = await loggedIn()
      await service.changeUser(user.id, change)
      expect((await use()).status).toBe(401)
      expect((await use(session.token)).status).toBe(401)
    },
  )

  it('of a restored backup stays revoked once the epoch has moved', async () => {
    const { session } = await loggedIn()
    const restored = new Service({ SESSION_EPOCH: '2' })
    for (const credential of [session.id, session.token]) {
      const auth = { headers: { 'X-FilesAPI-Auth': credential } }
      expect((await restored.ask('GET', `${API}/site`, auth)).status).toBe(401)
      expect((await restored.ask('DELETE', `${API}/sessions`, auth)).status).toBe(401)
    }
    expect((await restored.logIn(right)).status).toBe(201)
  })

  it('works at its own site’s host and the shared ones, never at another site’s', async () => {
    const { service, session, use } = await loggedIn()
    await service.createSite({ subdomain: 'other' })
    for (const credential of [session.id, session.token]) {
      for (const host of ['localhost', 'mysite.localhost', 'us-east-1.localhost'])
        expect((await use(credential, host)).status, host).toBe(200)
      for (const host of ['other.localhost', 'nobody.localhost'])
        expect((await use(credential, host)).status, host).toBe(401)
    }
    const logOut = await service.ask('DELETE', `${API}/sessions`, {
      host: 'other.localhost',
      headers: { 'X-FilesAPI-Auth': session.id },
    })
    expect(logOut.status).toBe(401)
    expect((await use()).status).toBe(200)
  })

  it('cannot be forged: an unknown string is refused and never adopted', async () => {
    const { service, use } = await loggedIn()
    for (const made of [
      `01${'0'.repeat(38)}`,
      `02${'a'.repeat(38)}`,
      `ff${'a'.repeat(38)}`,
      '1',
      'x.y.z',
    ])
      expect((await use(made)).status).toBe(401)
    const count = await service.env.DB_US_EAST_1.prepare(
      'SELECT count(*) AS n FROM keyed_sessions',
    ).first('n')
    expect(count).toBe(1)
  })

  it('can only read itself and log out while 2FA must be set up', async () => {
    const { service, use, session } = await loggedIn({ require2fa: true })
    expect((await use()).status).toBe(200)
    const auth = { headers: { 'X-FilesAPI-Auth': session.id } }
    const refused = await service.ask('GET', `${API}/api_keys?user_id=0`, auth)
    expect([refused.status, refused.body.type]).toEqual([
      403,
      'not-authorized/two-factor-authentication-required',
    ])
    expect((await service.ask('DELETE', `${API}/sessions`, auth)).status).toBe(204)
  })
})

describe('The session cleanup', () => {
  it('deletes expired sessions, a bounded number at a time, and no others', async () => {
    const { service, clock } = await loggedIn()
    for (let i = 0; i < 3; i++) await service.logIn(right)
    clock.advance(6 * HOUR)
    await service.logIn(right)
    const ctx = await service.open()
    const { database } = ctx.in(ctx.regions.all[0] as never)
    const rows: SweptRows = { key: [sessions.id], at: sessions.timeoutAt }
    const sweep = () => sweepRows(database, rows, { before: clock() + 1, limit: 3 })
    expect([await sweep(), await sweep(), await sweep()]).toEqual([3, 1, 0])
  })

  it('covers every session within a day, a slice in each minute', async () => {
    const { service, clock } = await loggedIn()
    for (let i = 0; i < 30; i++) await service.logIn(right)
    clock.advance(6 * HOUR)
    const ctx = await service.open()
    const region = ctx.regions.withName('us-east-1') as Region
    const swept: number[] = []
    for (let minute = 0; minute < 1_440; minute++) {
      swept.push((await sweepsIn(ctx, region, DAY).sessions?.(1_000)) ?? 0)
      clock.advance(MINUTE)
    }
    expect(swept.reduce((sum, one) => sum + one)).toBe(31)
    expect(Math.max(...swept)).toBeLessThan(5)
  })
})
