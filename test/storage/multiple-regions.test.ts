import { describe, expect, it } from 'vitest'
import { beat } from '../../src/storage/heartbeat.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { type Answer, API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const [GLOBAL, HOME, ELSEWHERE] = ['localhost', 'us-east-1.localhost', 'eu-central-1.localhost']

async function serviceWithSite(
  site: Parameters<Service['createSite']>[0],
  changes: ConstructorParameters<typeof Service>[0] = {},
) {
  const service = new Service(changes)
  const home = await service.createSite(site)
  await service.createUser(home)
  const logInAt = (host: string, parameters = {}) =>
    service.logIn({ ...right, ...parameters }, { host, headers: SDK })
  const useAt = (host: string, session: string) =>
    service.ask('GET', `${API}/site`, { host, headers: { ...SDK, 'X-FilesAPI-Auth': session } })
  return { service, home, logInAt, useAt }
}

function expectMismatch({ status, body, headers }: Answer) {
  expect([status, body.type, body.data]).toEqual([
    401,
    'not-authenticated/lockout-region-mismatch',
    { host: HOME },
  ])
  expect(headers.get('X-Files-Host')).toBe(HOME)
}

describe('A site that works in every region', () => {
  it('is served at every regional host and the global one, from its home region', async () => {
    const { logInAt, useAt } = await serviceWithSite({})
    for (const host of [GLOBAL, HOME, ELSEWHERE, 'mysite.localhost']) {
      const { status, body } = await logInAt(host)
      expect([status, body.multiple_regions]).toEqual([201, true])
      for (const other of [GLOBAL, HOME, ELSEWHERE])
        expect((await useAt(other, body.id)).status).toBe(200)
    }
    const count = 'SELECT count(*) AS n FROM keyed_sessions'
    expect(await env.DB_US_EAST_1.prepare(count).first('n')).toBe(4)
    expect(await env.DB_EU_CENTRAL_1.prepare(count).first('n')).toBe(0)
  })
})

describe.each([
  ['its plan', { planMultipleRegions: false }],
  ['its own setting', { optOutGlobal: true }],
])('A site restricted to one region by %s', (_, site) => {
  it('is served at its home region, at its own host and at the global one', async () => {
    const { logInAt, useAt } = await serviceWithSite(site)
    for (const host of [GLOBAL, HOME, 'mysite.localhost']) {
      const { status, body } = await logInAt(host)
      expect([status, body.multiple_regions]).toEqual([201, false])
      expect((await useAt(host, body.id)).status).toBe(200)
    }
  })

  it('is refused in other regions, at login and at use, with the host to use instead', async () => {
    const { logInAt, useAt } = await serviceWithSite(site)
    const refused = await logInAt(ELSEWHERE)
    expectMismatch(refused)
    expect(refused.body.error).toContain(`Set your client’s endpoint (base URL) to ${HOME}.`)
    const { body } = await logInAt(HOME)
    for (const credential of [body.id, body.token])
      expectMismatch(await useAt(ELSEWHERE, credential))
    const renewed = await logInAt((await logInAt(ELSEWHERE)).body.data.host)
    expect(renewed.status).toBe(201)
  })

  it('reveals its region only after the right password, and counts no failure', async () => {
    const { logInAt } = await serviceWithSite(site)
    const wrong = await logInAt(ELSEWHERE, { password: 'wrong' })
    const nobody = await logInAt(ELSEWHERE, { username: 'nobody' })
    for (const { body, headers } of [wrong, nobody]) {
      expect(body.type).toBe('not-authenticated/invalid-username-or-password')
      expect(headers.get('X-Files-Host')).toBeNull()
      expect(body.data).toBeUndefined()
    }
    for (let nth = 0; nth < 12; nth++) expectMismatch(await logInAt(ELSEWHERE))
    const outcomes = await env.DB_US_EAST_1.prepare(
      `SELECT count(*) AS n FROM ${EVERY_ATTEMPT} WHERE outcome = 'region_mismatch'`,
    ).first('n')
    expect(outcomes).toBe(12)
  })
})

describe('The restriction of a site to one region', () => {
  it('is read at the primary, whatever a replica shows', async () => {
    const lagging = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
    const { service, home, logInAt, useAt } = await serviceWithSite(
      { optOutGlobal: true },
      { DB_US_EAST_1: lagging.binding },
    )
    const ctx = await service.open()
    await beat(ctx.in(home.region).database, service.clock)
    const { body } = await logInAt(HOME)
    await lagging.replicate()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET opt_out_global = 0').run()
    expect((await useAt(ELSEWHERE, body.id)).status).toBe(200)
    expect((await logInAt(ELSEWHERE)).status).toBe(201)
    await lagging.replicate()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET opt_out_global = 1').run()
    expectMismatch(await logInAt(ELSEWHERE))
  })
})
