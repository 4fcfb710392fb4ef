import { EncryptJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { sendEmailMailer } from '../../src/notifications/open-mailer.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/storage/clock.ts'
import { createWorker } from '../../src/worker.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { LEAST_HASH_COST } from '../support/least-hash-cost.ts'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const onSite = { host: 'mysite.localhost', headers: SDK }

async function loggedInGlobally() {
  const service = new Service()
  const site = await service.createSite()
  const user = await service.createUser(site)
  const { body: parent } = await service.logIn(right, { headers: SDK })
  const redeem = (ask = onSite, username: string = parent.login_token) =>
    service.logIn({ username }, ask)
  const use = async (session: string) =>
    (await service.ask('GET', `${API}/site`, { headers: { 'X-FilesAPI-Auth': session } })).status
  return { service, site, user, parent, redeem, use, clock: service.clock }
}

describe('The login token', () => {
  it('is returned by a login on the global or a regional host, and names the site’s own host', async () => {
    const { service } = await loggedInGlobally()
    for (const host of ['localhost', 'us-east-1.localhost']) {
      const { body } = await service.logIn(right, { host })
      expect(body.login_token).toMatch(/^@tok-/)
      expect(body.login_token_domain).toBe('http://mysite.localhost')
    }
    const { body } = await service.logIn(right, onSite)
    expect(body).not.toHaveProperty('login_token')
    expect(body).not.toHaveProperty('login_token_domain')
  })

  it('logs the same user in at that host, with its own session', async () => {
    const { parent, redeem, use } = await loggedInGlobally()
    const { status, body } = await redeem()
    expect(status).toBe(201)
    expect(body.site_id).toBe(parent.site_id)
    expect(body.id).not.toBe(parent.id)
    expect(await use(body.id)).toBe(200)
  })

  it('works once', async () => {
    const { redeem } = await loggedInGlobally()
    expect((await redeem()).status).toBe(201)
    expect((await redeem()).status).toBe(401)
  })

  it('works once, even when the session that it started has ended', async () => {
    const { service, redeem } = await loggedInGlobally()
    const { body } = await redeem()
    await service.ask('DELETE', `${API}/sessions`, { headers: { 'X-FilesAPI-Auth': body.id } })
    expect((await redeem()).status).toBe(401)
  })

  it('has exactly one winner when it is used 50 times at once', async () => {
    const { redeem } = await loggedInGlobally()
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem()))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49)
    const count = await env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM keyed_sessions').first(
      'n',
    )
    expect(count).toBe(2)
  })

  it('works for 120 seconds', async () => {
    const one = await loggedInGlobally()
    one.clock.advance(119 * SECOND)
    expect((await one.redeem()).status).toBe(201)
    const { body } = await one.service.logIn(right, { headers: SDK })
    one.clock.advance(120 * SECOND)
    expect((await one.redeem(onSite, body.login_token)).status).toBe(401)
  })

  it('works at no other host: not the global one, nor another site’s', async () => {
    const { service, redeem } = await loggedInGlobally()
    await service.createSite({ subdomain: 'other' })
    for (const host of ['localhost', 'us-east-1.localhost', 'other.localhost'])
      expect((await redeem({ ...onSite, host })).status, host).toBe(401)
    expect((await redeem()).status).toBe(201)
  })

  it('is refused with the wrong password error', async () => {
    const { service } = await loggedInGlobally()
    const { body } = await service.logIn({ username: '@tok-made.up' }, onSite)
    expect(body.type).toBe('not-authenticated/invalid-username-or-password')
    expect(body.error).toBe('Invalid username or password')
  })

  it('is void after a logout, a change of credentials or a timeout of its session', async () => {
    const ends: ((world: Awaited<ReturnType<typeof loggedInGlobally>>) => Promise<unknown>)[] = [
      ({ service, parent }) =>
        service.ask('DELETE', `${API}/sessions`, { headers: { 'X-FilesAPI-Auth': parent.id } }),
      ({ service, user }) => service.changeUser(user.id, 'disabled = 1'),
      () => env.DB_US_EAST_1.prepare('UPDATE sites SET session_expiry = 0.01').run(),
    ]
    const world = await loggedInGlobally()
    for (const end of ends) {
      const { body } = await world.service.logIn(right, { headers: SDK })
      world.clock.advance(100 * SECOND)
      await end({ ...world, parent: body })
      expect((await world.redeem(onSite, body.login_token)).status).toBe(401)
      await world.service.changeUser(world.user.id, 'disabled = 0')
    }
  })

  it('is no session or session token, and cannot be derived from one', async () => {
    const { service, parent, redeem, use } = await loggedInGlobally()
    const sealed = parent.login_token.slice('@tok-'.length)
    expect(await use(sealed)).toBe(401)
    expect((await redeem(onSite, `@tok-${parent.token}`)).status).toBe(401)
    const otherKind = await new EncryptJWT({ sid: 1, region: 'us-east-1' })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'latchkey-else+jwt', kid: '1' })
      .setJti('x')
      .setExpirationTime('1 minute')
      .encrypt(Buffer.from(JSON.parse(service.env.SEALING_KEYS)[1], 'base64url'))
    expect((await redeem(onSite, `@tok-${otherKind}`)).status).toBe(401)
  })

  it('is stored in no login history', async () => {
    const { parent, redeem } = await loggedInGlobally()
    await redeem()
    const { results } = await env.DB_US_EAST_1.prepare(`SELECT * FROM ${EVERY_ATTEMPT}`).all()
    expect(results).toHaveLength(2)
    expect(JSON.stringify(results)).not.toContain(parent.login_token.slice(5, 40))
  })
})

describe('A used login token', () => {
  it('is remembered past its expiry, for requests still in progress', async () => {
    const { parent, redeem, clock } = await loggedInGlobally()
    expect((await redeem()).status).toBe(201)
    clock.advance(119 * SECOND)
    const begun = clock()
    clock.advance(5 * SECOND)
    await createWorker({
      clock,
      openMessengers: (env) => ({ mailer: sendEmailMailer(env), texter: null }),
      hashCost: LEAST_HASH_COST,
    }).scheduled?.({} as never, env, {} as never)
    clock.advance(begun - clock())
    expect((await redeem(onSite, parent.login_token)).status).toBe(401)
  })

  it('is in the login history as a key that does not match', async () => {
    const { redeem } = await loggedInGlobally()
    await redeem()
    await redeem()
    const { results } = await env.DB_US_EAST_1.prepare(`SELECT outcome FROM ${EVERY_ATTEMPT}`).all()
    expect(results.filter(({ outcome }) => outcome === 'key_mismatch')).toHaveLength(1)
  })

  it('works at the verified domain of a site that has one, and no longer at its subdomain', async () => {
    const { service, redeem } = await loggedInGlobally()
    await env.DB_US_EAST_1.prepare(
      "UPDATE sites SET domain = 'files.example.com', domain_verified_at = 1",
    ).run()
    const { body } = await service.logIn(right, { headers: SDK })
    expect(body.login_token_domain).toBe('http://files.example.com')
    expect((await redeem(onSite, body.login_token)).status).toBe(401)
    const atDomain = { ...onSite, host: 'files.example.com' }
    expect((await redeem(atDomain, body.login_token)).status).toBe(201)
  })
})

describe('A session started by a login token', () => {
  it('counts as a use of its parent session, which extends it', async () => {
    const { redeem, use, clock, parent } = await loggedInGlobally()
    clock.advance(110 * SECOND)
    const { body } = await redeem()
    clock.advance(6 * HOUR - 30 * SECOND)
    expect(await use(parent.id)).toBe(200)
    expect(await use(body.id)).toBe(200)
  })

  it('does not revive a parent session that has timed out', async () => {
    const { redeem, use, clock, parent } = await loggedInGlobally()
    const { body } = await redeem()
    await env.DB_US_EAST_1.prepare(
      'UPDATE keyed_sessions SET timeout_at = ? WHERE parent_id IS NULL',
    )
      .bind(clock() + HOUR)
      .run()
    clock.advance(HOUR)
    expect(await use(body.id)).toBe(401)
    expect(await use(parent.id)).toBe(401)
  })

  it('is revoked at once with its parent session', async () => {
    const { service, parent, redeem, use } = await loggedInGlobally()
    const { body } = await redeem()
    await service.ask('DELETE', `${API}/sessions`, { headers: { 'X-FilesAPI-Auth': parent.id } })
    expect(await use(body.id)).toBe(401)
    expect(await use(body.token)).toBe(401)
  })

  it('leaves its parent session active when it is revoked first', async () => {
    const { service, parent, redeem, use } = await loggedInGlobally()
    const { body } = await redeem()
    await service.ask('DELETE', `${API}/sessions`, { headers: { 'X-FilesAPI-Auth': body.id } })
    expect(await use(parent.id)).toBe(200)
  })

  it('keeps its parent session active while it is used', async () => {
    const { parent, redeem, use, clock } = await loggedInGlobally()
    const { body } = await redeem()
    for (let i = 0; i < 3; i++) {
      clock.advance(5 * HOUR)
      expect(await use(body.id)).toBe(200)
    }
    expect(await use(parent.id)).toBe(200)
  })

  it('expires with its parent session at the latest', async () => {
    const { redeem, service, clock } = await loggedInGlobally()
    clock.advance(MINUTE)
    const { body } = await redeem()
    const ends = await service.env.DB_US_EAST_1.prepare(
      'SELECT DISTINCT ends_at FROM keyed_sessions',
    ).all()
    expect(ends.results).toEqual([{ ends_at: clock() - MINUTE + 30 * DAY }])
    expect(Date.parse(body.timeout_at)).toBe(clock() + 6 * HOUR)
  })
})

describe('POST /sessions without a password', () => {
  it('is refused unless the username is a login token', async () => {
    const { status, body } = await new Service().logIn({ username: 'sessionuser' })
    expect([status, body.error]).toEqual([400, 'Required request parameter missing: password'])
  })
})
