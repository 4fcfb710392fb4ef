import { decodeJwt } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { DAY } from '../../src/storage/clock.ts'
import { beat } from '../../src/storage/heartbeat.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { useNaiveStores } from '../support/naive-stores.ts'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }

describe('POST /sessions with a lagging replica', () => {
  let database: LaggingDatabase
  let service: Service
  let user: { id: number }
  let site: Awaited<ReturnType<Service['createSite']>>

  beforeEach(async () => {
    database = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
    service = new Service({ DB_US_EAST_1: database.binding })
    site = await service.createSite()
    user = await service.createUser(site)
    await beatOfPrimary(service)
    await database.replicate()
  })

  const logIn = (parameters: Record<string, unknown> = right) =>
    service.logIn(parameters, { host: 'mysite.localhost', headers: SDK })
  const recorded = async () =>
    (await env.DB_US_EAST_1.prepare(`SELECT outcome FROM ${EVERY_ATTEMPT}`).all()).results
      .map(({ outcome }) => outcome)
      .sort()
      .reverse()
  const use = (session: string) =>
    service.ask('GET', `${API}/site`, { headers: { ...SDK, 'X-FilesAPI-Auth': session } })

  /** Raises no credential version, unlike `changeUser`. */
  const change = (set: string) => env.DB_US_EAST_1.exec(`UPDATE ${set}`)

  it('refuses the old password right after it was changed', async () => {
    await service.changeUser(user.id, `password_hash = '${await service.hashOf('new password')}'`)
    expect((await logIn()).status).toBe(401)
  })

  it('accepts the new password right after the change', async () => {
    await service.changeUser(user.id, `password_hash = '${await service.hashOf('new password')}'`)
    const { status, trips } = await logIn({ ...right, password: 'new password' })
    expect(status).toBe(201)
    expect(trips).toEqual([
      'kv',
      'd1-us-east-1-nearest',
      'd1-us-east-1-primary',
      'd1-us-east-1-primary',
    ])
  })

  it('refuses a user right after the user was disabled', async () => {
    await service.changeUser(user.id, 'disabled = 1')
    expect((await logIn()).status).toBe(401)
  })

  it('accepts a user right after the user was enabled', async () => {
    await service.changeUser(user.id, 'disabled = 1')
    await database.replicate()
    await service.changeUser(user.id, 'disabled = 0')
    expect((await logIn()).status).toBe(201)
  })

  it('accepts a user right after the user was created', async () => {
    await service.createUser(site, { username: 'newcomer' })
    expect((await logIn({ ...right, username: 'newcomer' })).status).toBe(201)
  })

  it('accepts a user whom the operator enabled just now, which raises no version', async () => {
    const operate = operatorOf(service)
    expect((await operate('POST', '/users/sessionuser/disable')).status).toBe(204)
    await database.replicate()
    expect((await operate('POST', '/users/sessionuser/enable')).status).toBe(204)
    expect((await logIn({ ...right, password: 'wrong' })).status).toBe(401)
    expect((await logIn()).status).toBe(201)
    expect(await recorded()).toEqual(['password_mismatch', 'none'])
  })

  it('refuses a wrong password right after the hash was renewed, and records it once', async () => {
    await env.DB_US_EAST_1.prepare('UPDATE users SET password_hash = ?')
      .bind(await (await service.open()).hasher.hash(right.password))
      .run()
    expect((await logIn({ ...right, password: 'wrong' })).status).toBe(401)
    expect(await recorded()).toEqual(['password_mismatch'])
    expect((await logIn()).status).toBe(201)
  })

  it('accepts a user whom the replica shows as inactive, and records no refusal', async () => {
    const now = service.clock()
    await change('sites SET disable_users_from_inactivity_period_days = 30')
    await change(`users SET created_at = 1, last_login_at = ${now - 31 * DAY}`)
    await database.replicate()
    expect((await logIn()).status).toBe(401)
    await change(`users SET last_login_at = ${now - 29 * DAY}`)
    expect((await logIn()).status).toBe(201)
    expect(await recorded()).toEqual(['none', 'disabled'])
  })

  it.each([
    ['a role', 'users SET site_admin = 0'],
    ['a rule of the site', "sites SET allowed_ips = '192.0.2.1'"],
  ])('refuses what %s allowed that the replica still shows', async (_, set) => {
    await change('sites SET disable_users_from_inactivity_period_days = 30')
    await change('users SET site_admin = 1, created_at = 1')
    await database.replicate()
    await change(set)
    expect((await logIn()).status).toBe(401)
  })

  it('asks once more when only the revision differs', async () => {
    await change("users SET root_path = 'elsewhere'")
    const { status, trips } = await logIn()
    expect(status).toBe(201)
    // The batch that refused, what the primary knows, and the batch that starts the session.
    expect(trips.filter((trip) => trip === 'd1-us-east-1-primary')).toHaveLength(3)
  })

  it('accepts an email address right after it was verified', async () => {
    await env.DB_US_EAST_1.prepare("UPDATE users SET verified_email_key = 'jo@example.com'").run()
    const byAddress = { ...right, username: 'jo@example.com' }
    expect((await logIn({ ...byAddress, password: 'wrong' })).status).toBe(401)
    expect((await logIn(byAddress)).status).toBe(201)
    expect(await recorded()).toEqual(['password_mismatch', 'none'])
  })

  it.each([
    ['a username', "username = 'jo@example.com', username_key = 'jo@example.com'"],
    ['a verified address', "verified_email_key = 'jo@example.com'"],
  ])('refuses an email address that has since become %s of another user', async (_, set) => {
    await change("users SET verified_email_key = 'jo@example.com'")
    const other = await service.createUser(site, {
      username: 'other',
      password: 'another password',
    })
    await database.replicate()
    const byAddress = { ...right, username: 'jo@example.com' }
    expect((await logIn(byAddress)).status).toBe(201)
    await database.replicate()
    await change(`users SET ${set} WHERE id = ${other.id}`)
    expect((await logIn(byAddress)).status).toBe(401)
    expect(
      await env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM keyed_sessions').first('n'),
    ).toBe(1)
    expect((await logIn()).status).toBe(201)
  })

  it('accepts a user at a domain right after its verification, and no longer after its release', async () => {
    await env.DB_US_EAST_1.prepare(
      "UPDATE sites SET domain = 'files.example.com', domain_verified_at = 1",
    ).run()
    const atDomain = () => service.logIn(right, { host: 'files.example.com', headers: SDK })
    expect((await atDomain()).status).toBe(201)
    await database.replicate()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET domain = NULL').run()
    expect((await atDomain()).status).toBe(401)
  })

  it('returns the user and site as the primary has them', async () => {
    await env.DB_US_EAST_1.prepare('UPDATE users SET read_only = 1').run()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET require_2fa = 1').run()
    const { body } = await logIn()
    expect(body).toMatchObject({ read_only: true, two_factor_setup_needed: true })
    expect(decodeJwt(body.token)).toMatchObject({ read_only: true, aud: 'latchkey-setup' })
  })

  it('returns no new token for a revoked session', async () => {
    const { body } = await logIn()
    await database.replicate()
    const auth = { headers: { 'X-FilesAPI-Auth': body.id } }
    await service.ask('DELETE', `${API}/sessions`, auth)
    expect((await service.ask('POST', `${API}/sessions/token`, auth)).status).toBe(401)
  })

  it('counts no failed attempt for an error of the replica', async () => {
    await service.changeUser(user.id, `password_hash = '${await service.hashOf('new password')}'`)
    await logIn({ ...right, password: 'new password' })
    const failures = await env.DB_US_EAST_1.prepare('SELECT * FROM login_failures').all()
    expect(failures.results).toEqual([])
  })

  it('accepts a session that the replica has not seen yet', async () => {
    const { body } = await logIn()
    expect((await use(body.id)).status).toBe(200)
  })

  it('refuses a revoked session once the replica is more than 120 seconds behind', async () => {
    const { body } = await logIn()
    await database.replicate()
    await service.ask('DELETE', `${API}/sessions`, { headers: { 'X-FilesAPI-Auth': body.id } })
    service.clock.advance(121_000)
    await beatOfPrimary(service)
    expect((await use(body.id)).status).toBe(401)
  })

  it('refuses sessions of a disabled user once the replica is more than 120 seconds behind', async () => {
    const { body } = await logIn()
    await database.replicate()
    await service.changeUser(user.id, 'disabled = 1')
    service.clock.advance(121_000)
    expect((await use(body.id)).status).toBe(401)
  })

  it('cannot log out a session twice, whatever the replica shows', async () => {
    const { body } = await logIn()
    await database.replicate()
    const logOut = () =>
      service.ask('DELETE', `${API}/sessions`, { headers: { 'X-FilesAPI-Auth': body.id } })
    expect((await logOut()).status).toBe(204)
    expect((await logOut()).status).toBe(401)
  })
})

describe('POST /sessions with a lagging replica and a store that trusts what it read', () => {
  it('would accept the old password and refuse the new one', async () => {
    const database = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
    const service = new Service({ DB_US_EAST_1: database.binding })
    const user = await service.createUser(await service.createSite())
    await database.replicate()
    await service.changeUser(user.id, `password_hash = '${await service.hashOf('new password')}'`)
    useNaiveStores()
    const onSite = { host: 'mysite.localhost' }
    expect((await service.logIn(right, onSite)).status).toBe(201)
    expect((await service.logIn({ ...right, password: 'new password' }, onSite)).status).toBe(401)
  })
})

async function beatOfPrimary(service: Service): Promise<void> {
  const ctx = await service.open()
  for (const region of ctx.regions.all) await beat(ctx.in(region).database, service.clock)
}
