import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { operatorOf } from '../support/operator.ts'
import { API, type Ask, SDK, Service } from '../support/service.ts'

const DAY = 86_400_000
const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const chosen = 'a quiet lamp by the window'
const changing = { ...right, change_password: chosen }

async function serviceWithUser(
  user = {},
  site = {},
  changes: ConstructorParameters<typeof Service>[0] = {},
) {
  const service = new Service(changes)
  const home = await service.createSite(site)
  const { id } = await service.createUser(home, {
    email: 'jo@example.com',
    requirePasswordChange: true,
    ...user,
  })
  const use = async (session: string) => {
    const ask: Ask = { headers: { ...SDK, 'X-FilesAPI-Auth': session } }
    return (await service.ask('GET', `${API}/site`, ask)).status
  }
  return { service, id, use }
}

async function outcomes() {
  const { results } = await env.DB_US_EAST_1.prepare(`SELECT outcome FROM ${EVERY_ATTEMPT}`).all()
  return results.map(({ outcome }) => outcome)
}

const failures = () =>
  env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM login_failures').first('n')

describe('A user whose password must be changed', () => {
  it('gets an error after the right password, which counts as no failed attempt', async () => {
    const { service } = await serviceWithUser()
    const { status, body } = await service.logIn(right)
    expect([status, body.type]).toEqual([403, 'not-authorized/password-change-required'])
    expect(await outcomes()).toEqual(['password_change_required'])
    expect(await failures()).toBe(0)
  })

  it('gets the wrong password error while the password is wrong, whatever else is sent', async () => {
    const { service } = await serviceWithUser()
    const { body } = await service.logIn({ ...changing, password: 'wrong' })
    expect(body.type).toBe('not-authenticated/invalid-username-or-password')
    expect(await failures()).toBe(1)
  })

  it('cannot choose the same password again in another Unicode form', async () => {
    const password = 'caf\u00e9 at the corner'
    const { service } = await serviceWithUser({ password })
    for (const same of [password, password.normalize('NFD')]) {
      const { status, body } = await service.logIn({
        username: 'sessionuser',
        password,
        change_password: same,
      })
      expect([status, body.type]).toEqual([422, 'processing-failure/model-save-error'])
    }
  })

  it('logs in with a new password, which replaces the old one', async () => {
    const { service, use } = await serviceWithUser()
    const { status, body } = await service.logIn(
      { ...changing, change_password_confirmation: chosen },
      { headers: SDK },
    )
    expect([status, await use(body.id)]).toEqual([201, 200])
    expect((await service.logIn(right)).body.type).toBe(
      'not-authenticated/invalid-username-or-password',
    )
    expect((await service.logIn({ ...right, password: chosen })).status).toBe(201)
    expect(service.mails.map(({ subject }) => subject)).toEqual(['Your password was changed'])
    const events = await env.DB_US_EAST_1.prepare(
      'SELECT event, actor FROM credential_events',
    ).all()
    expect(events.results).toEqual([
      { event: 'password_changed', actor: expect.stringMatching(/^user:\d+$/) },
    ])
  })

  it.each([
    ['change_password', 'too short', /at least 15/],
    ['change_password', 'the lamp of yesterday', /before/],
    ['change_password', 'sessionuser12345', /username/],
    ['change_password_confirmation', 'another', /do not match/],
  ])('gets an error that %s may not be %j, and keeps the password', async (field, value, text) => {
    const password = 'the lamp of yesterday'
    const { service } = await serviceWithUser({ password })
    const { status, body } = await service.logIn({ ...changing, password, [field]: value })
    expect([status, body.model_errors]).toEqual([422, { [field]: [expect.stringMatching(text)] }])
    expect(await outcomes()).toEqual(['password_change_required'])
    expect(await failures()).toBe(0)
    expect((await service.logIn({ ...changing, password })).status).toBe(201)
  })

  it('loses every earlier session and reset code', async () => {
    const { service, id, use } = await serviceWithUser({ requirePasswordChange: false })
    const before = await service.logIn(right, { headers: SDK })
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'sessionuser' } })
    const [, code] = /code=([0-9a-f]{40})/.exec(service.mails[0]?.text ?? '') ?? []
    await env.DB_US_EAST_1.prepare('UPDATE users SET require_password_change = 1 WHERE id = ?')
      .bind(id)
      .run()
    const after = await service.logIn(changing, { headers: SDK })
    expect([await use(before.body.id), await use(after.body.id)]).toEqual([401, 200])
    const validate = `${API}/sessions/forgot/validate`
    expect((await service.ask('POST', validate, { body: { code } })).status).toBe(401)
  })

  it('changes the password once, however many requests do so at the same time', async () => {
    const { service, use } = await serviceWithUser()
    const tries = Array.from({ length: 20 }, (_, nth) => `${chosen} number ${nth}`)
    const answers = await Promise.all(
      tries.map((change_password) =>
        service.logIn({ ...right, change_password }, { headers: SDK }),
      ),
    )
    const won = answers.flatMap(({ status }, nth) => (status === 201 ? [nth] : []))
    expect(won).toHaveLength(1)
    const [winner = 0] = won
    expect(await use(answers[winner]?.body.id)).toBe(200)
    const works = { ...right, password: tries[winner] }
    expect((await service.logIn(works)).status).toBe(201)
    const events = env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM credential_events')
    expect(await events.first('n')).toBe(1)
  })

  it('is logged in when the connection is lost after the commit', async () => {
    const faulty = new FaultyDatabase(env.DB_US_EAST_1)
    const { service, use } = await serviceWithUser({}, {}, { DB_US_EAST_1: faulty.binding })
    faulty.losesNextBatch = true
    const { status, body } = await service.logIn(changing, { headers: SDK })
    expect([status, await use(body.id)]).toEqual([201, 200])
  })

  it('is asked for a new password by the primary’s state, whatever a replica shows', async () => {
    const lagging = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
    const { service } = await serviceWithUser(
      { requirePasswordChange: false },
      {},
      { DB_US_EAST_1: lagging.binding },
    )
    await lagging.replicate()
    await env.DB_US_EAST_1.prepare('UPDATE users SET require_password_change = 1').run()
    expect((await service.logIn(right)).status).toBe(403)
    await lagging.replicate()
    await env.DB_US_EAST_1.prepare('UPDATE users SET require_password_change = 0').run()
    expect((await service.logIn(right)).status).toBe(201)
    await env.DB_US_EAST_1.prepare('UPDATE sites SET password_validity_days = 30').run()
    service.clock.advance(30 * DAY)
    expect((await service.logIn(right)).status).toBe(403)
  })
})

describe('A user whose password need not be changed', () => {
  it('gets an error when a new password is sent, and keeps the old one', async () => {
    const { service } = await serviceWithUser({ requirePasswordChange: false })
    const { status, body } = await service.logIn(changing)
    expect([status, body.type]).toEqual([403, 'not-authorized/password-change-not-required'])
    expect((await service.logIn(right)).status).toBe(201)
    expect((await outcomes()).sort()).toEqual(['none', 'password_change_not_required'])
  })
})

describe('An outdated password', () => {
  it('must be changed from the day that the site sets', async () => {
    const { service } = await serviceWithUser(
      { requirePasswordChange: false },
      { passwordValidityDays: 90 },
    )
    service.clock.advance(90 * DAY - 1)
    expect((await service.logIn(right)).status).toBe(201)
    service.clock.advance(1)
    expect((await service.logIn(right)).status).toBe(403)
    expect((await service.logIn(changing)).status).toBe(201)
    service.clock.advance(90 * DAY - 1)
    expect((await service.logIn({ ...right, password: chosen })).status).toBe(201)
  })

  it.each([
    ['sooner by the user’s own rule', { passwordValidityDays: 7 }, 403],
    ['never by the user’s own rule', { passwordValidityDays: 0 }, 201],
    ['never for a shared account', { selfManaged: false }, 201],
  ])('must be changed %s', async (_, user, status) => {
    const { service } = await serviceWithUser(
      { requirePasswordChange: false, ...user },
      { passwordValidityDays: 30 },
    )
    service.clock.advance((status === 201 ? 300 : 8) * DAY)
    expect((await service.logIn(right)).status).toBe(status)
  })
})

describe('A password set by the operator', () => {
  it('must be changed at the next login, except for shared accounts', async () => {
    const { service } = await serviceWithUser({ requirePasswordChange: false })
    const ask = operatorOf(service)
    const password = 'what the operator chose'
    await ask('POST', '/users/sessionuser/password', { password })
    expect((await ask('GET', '/users/sessionuser')).body.require_password_change).toBe(true)
    expect((await service.logIn({ ...right, password })).status).toBe(403)
    expect((await service.logIn({ ...changing, password })).status).toBe(201)
    expect(service.mails).toHaveLength(2)

    const shared = { username: 'ftp', site: 'mysite', password, self_managed: false }
    expect((await ask('POST', '/users', shared)).status).toBe(201)
    expect((await service.logIn(shared)).status).toBe(201)
    const own = { ...shared, username: 'jane', self_managed: true }
    expect((await ask('POST', '/users', own)).status).toBe(201)
    expect((await service.logIn(own)).body.type).toBe('not-authorized/password-change-required')
  })
})
