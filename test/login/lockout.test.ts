import { describe, expect, it, vi } from 'vitest'
import { PasswordHasher } from '../../src/passwords/password-hasher.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { operatorOf } from '../support/operator.ts'
import { type Answer, API, Service } from '../support/service.ts'

const HOUR = 3_600_000
const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const onSite = { host: 'mysite.localhost' }

async function serviceWithUser(input = {}, changes: ConstructorParameters<typeof Service>[0] = {}) {
  const service = new Service(changes)
  const site = await service.createSite(input)
  const user = await service.createUser(site, { email: 'jo@example.com', emailIsVerified: true })
  return { service, site, user }
}

/** Wrong passwords, each a different one. */
async function guess(service: Service, times: number, username = 'sessionuser', ask = {}) {
  const answers: Answer[] = []
  for (let nth = 0; nth < times; nth++)
    answers.push(await service.logIn({ username, password: `wrong ${crypto.randomUUID()}` }, ask))
  return answers
}

function typesOf(answers: Answer[]): string[] {
  return answers.map(({ body }) => body.type.split('/')[1])
}

describe('A name with too many failed attempts', () => {
  it('is locked out after ten within an hour, for an hour, even with the right password', async () => {
    const { service } = await serviceWithUser()
    expect(new Set(typesOf(await guess(service, 10)))).toEqual(
      new Set(['invalid-username-or-password']),
    )
    const locked = await service.logIn(right)
    expect(locked.status).toBe(401)
    expect(locked.body.type).toBe('not-authenticated/locked-out')
    const until = new Date(service.clock() + HOUR).toISOString()
    expect(locked.body.data).toEqual({ lockout_expires: until })
    expect(locked.body.error).toContain(until)
    expect(locked.headers.get('Retry-After')).toBe('3600')
    service.clock.advance(HOUR - 1)
    expect((await service.logIn(right)).status).toBe(401)
    service.clock.advance(1)
    expect((await service.logIn(right)).status).toBe(201)
  })

  it('is locked out in the same way when it has no owner: reply, round trips, hashes', async () => {
    const { service, site } = await serviceWithUser()
    await service.createUser(site, { username: 'off', disabled: true })
    await service.createUser(site, { username: 'sso', authenticationMethod: 'sso' })
    const verify = vi.spyOn(PasswordHasher.prototype, 'verify')
    for (const ask of [{}, onSite]) {
      const seen = []
      for (const username of ['sessionuser', 'nobody', 'off', 'sso']) {
        verify.mockClear()
        const answers = [
          ...(await guess(service, 10, username, ask)),
          ...(await guess(service, 2, username, ask)),
          await service.logIn({ ...right, username }, ask),
        ]
        seen.push({
          hashes: verify.mock.calls.length,
          answers: answers.map(({ status, body, headers, trips }) => ({
            status,
            body: { ...body, instance: '' },
            headers: [...headers.keys()],
            trips: trips.length,
          })),
        })
      }
      for (const other of seen) expect(other).toEqual(seen[0])
      expect(seen[0]?.hashes).toBe(10)
    }
  })

  it('is locked out by the rules of the host’s site', async () => {
    const { service } = await serviceWithUser({ userLockoutTries: 3, userLockoutLockPeriod: 5 })
    await guess(service, 3, 'sessionuser', onSite)
    const locked = await service.logIn(right, onSite)
    expect(locked.body.data.lockout_expires).toBe(
      new Date(service.clock() + 5 * HOUR).toISOString(),
    )
  })

  it('is not locked out when the site disables lockout', async () => {
    const { service } = await serviceWithUser({ userLockout: false })
    await guess(service, 30, 'sessionuser', onSite)
    expect((await service.logIn(right, onSite)).status).toBe(201)
  })

  it('starts a new count after a success, after the window, and after a lockout', async () => {
    const { service } = await serviceWithUser()
    await guess(service, 9)
    expect((await service.logIn(right)).status).toBe(201)
    await guess(service, 9)
    service.clock.advance(HOUR)
    await guess(service, 9)
    expect((await service.logIn(right)).status).toBe(201)
    await guess(service, 10)
    service.clock.advance(HOUR)
    await guess(service, 9)
    expect((await service.logIn(right)).status).toBe(201)
  })

  it('counts the same password once in a minute, however often an SDK retries it', async () => {
    const { service } = await serviceWithUser()
    for (let nth = 0; nth < 12; nth++)
      for (const password of ['old password one', 'old password two'])
        expect((await service.logIn({ ...right, password })).status).toBe(401)
    expect(await failuresCounted()).toBe(2)
    service.clock.advance(60_001)
    await service.logIn({ ...right, password: 'old password one' })
    expect(await failuresCounted()).toBe(3)
  })

  it('counts all of 200 simultaneous attempts, and accepts no right password after the limit', async () => {
    const { service } = await serviceWithUser()
    const wrong = Array.from({ length: 200 }, (_, nth) =>
      service.logIn({ ...right, password: `wrong ${nth}` }),
    )
    await Promise.all(wrong.slice(0, 20))
    const late = await service.logIn(right)
    const answers = await Promise.all(wrong)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    expect(late.body.type).toBe('not-authenticated/locked-out')
    expect(await failuresCounted()).toBe(200)
  })

  it('stays locked out for at least a day after a hundred failed attempts in a row', async () => {
    const { service } = await serviceWithUser()
    for (let round = 0; round < 10; round++) {
      await guess(service, 10)
      if (round < 9) service.clock.advance(HOUR)
    }
    service.clock.advance(23 * HOUR)
    expect((await service.logIn(right)).status).toBe(401)
    service.clock.advance(HOUR)
    expect((await service.logIn(right)).status).toBe(201)
  })

  it('is unlocked at once by a completed reset, at every host', async () => {
    const { service } = await serviceWithUser()
    await guess(service, 10)
    await guess(service, 10, 'sessionuser', onSite)
    await guess(service, 10, 'jo@example.com', onSite)
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'sessionuser' } })
    const [, code] = /code=([0-9a-f]{40})/.exec(service.mails[0]?.text ?? '') ?? []
    const password = 'a quiet lamp by the window'
    await service.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password } })
    expect((await service.logIn({ ...right, password })).status).toBe(201)
    expect((await service.logIn({ ...right, password }, onSite)).status).toBe(201)
    const byAddress = { username: 'jo@example.com', password }
    expect((await service.logIn(byAddress, onSite)).status).toBe(201)
  })

  it('is unlocked at once by the operator', async () => {
    const { service } = await serviceWithUser()
    await guess(service, 10)
    const ask = operatorOf(service)
    expect((await ask('POST', '/users/sessionuser/unlock')).status).toBe(204)
    expect((await service.logIn(right)).status).toBe(201)
    expect((await ask('POST', '/users/nobody/unlock')).status).toBe(404)
  })

  it('is recorded in the login history as locked_out, and no password is checked', async () => {
    const { service } = await serviceWithUser()
    await guess(service, 10)
    const verify = vi.spyOn(PasswordHasher.prototype, 'verify')
    await service.logIn(right)
    expect(verify).not.toHaveBeenCalled()
    const last = await env.DB_US_EAST_1.prepare(`SELECT outcome FROM ${EVERY_ATTEMPT}`).all<{
      outcome: string
    }>()
    expect(last.results.filter(({ outcome }) => outcome === 'locked_out')).toHaveLength(1)
  })

  it('is locked out or not as the primary says, whatever a replica shows', async () => {
    const lagging = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
    const { service } = await serviceWithUser({}, { DB_US_EAST_1: lagging.binding })
    await lagging.replicate()
    await guess(service, 10)
    expect((await service.logIn(right)).body.type).toBe('not-authenticated/locked-out')
    await lagging.replicate()
    await env.DB_US_EAST_1.prepare('DELETE FROM login_failures').run()
    expect((await service.logIn(right)).status).toBe(201)
  })
})

describe('A user without password login', () => {
  it('gets the wrong password error, even with the right one', async () => {
    const { service, site } = await serviceWithUser()
    await service.createUser(site, { username: 'sso', authenticationMethod: 'sso' })
    const refused = await service.logIn({ ...right, username: 'sso' })
    expect(refused.body.type).toBe('not-authenticated/invalid-username-or-password')
  })
})

async function failuresCounted(): Promise<number> {
  const row = env.DB_US_EAST_1.prepare('SELECT max(failures) AS failures FROM login_failures')
  return Number(await row.first('failures'))
}
