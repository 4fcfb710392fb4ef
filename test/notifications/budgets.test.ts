import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/storage/clock.ts'
import { regionCodeOfId } from '../../src/storage/ids.ts'
import { idsOfMinute } from '../../src/storage/sweep.ts'
import { env, type TestEnv } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'
import { isAmong, passTimeUntil } from '../support/slices.ts'

const address = 'jane@acme.example'
const verified = { email: address, emailIsVerified: true }
const password = 'a quiet lamp by the window'

/** Jane's site, and a site whose admin enters her email address for users of its own. */
async function open(changes: Partial<TestEnv> = {}) {
  const service = new Service(changes)
  const site = await service.createSite()
  const jane = await service.createUser(site, { ...verified, username: 'jane' })
  const evil = await service.createSite({ subdomain: 'evil', userLockoutTries: 1 })
  const boss = await service.createUser(evil, { username: 'boss', siteAdmin: true })
  const { body: session } = await service.logIn(boss, { headers: SDK })
  const ask = (method: string, path: string, body?: Record<string, unknown>) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      ...(body && { body }),
    })
  const forgot = (username: string, host = 'localhost') =>
    service.ask('POST', `${API}/sessions/forgot`, { body: { username }, host })
  /** Users of the other site with Jane's email address, or with their own. */
  const makeMany = async (many: number, email: (nth: number) => string = () => address) => {
    const users = []
    for (let nth = 0; nth < many; nth++)
      users.push(await service.createUser(evil, { username: `evil${nth}`, email: email(nth) }))
    return users
  }
  const mailsOf = (host: string) => service.mails.filter(({ text }) => text.includes(host))
  return { service, site, jane, evil, ask, forgot, makeMany, mailsOf }
}

const strangerOf = (nth: number) => `stranger${nth}@example.com`

describe('Mail to a person from other sites', () => {
  it('uses up none of the limit for their own resets', async () => {
    const { forgot, makeMany, mailsOf } = await open()
    await makeMany(7)
    for (let nth = 0; nth < 21; nth++) await forgot(`evil${nth % 7}`)
    expect(mailsOf('evil.localhost').length).toBeGreaterThan(19)
    await forgot('jane')
    expect(mailsOf('mysite.localhost')).toHaveLength(1)
  })

  it('uses up none of the limit for notices of their own logins', async () => {
    const { service, jane, makeMany, mailsOf } = await open()
    const logIn = async (user: object, from: string) => {
      const headers = { 'CF-Connecting-IP': from }
      expect((await service.logIn({ ...user }, { headers })).status).toBe(201)
    }
    for (const user of [...(await makeMany(20)), jane]) {
      await logIn(user, '203.0.113.7')
      await logIn(user, '198.51.100.9')
    }
    await service.runCron()
    expect(mailsOf('evil.localhost')).toHaveLength(20)
    expect(mailsOf('mysite.localhost').map(({ subject }) => subject)).toEqual(['New login'])
  })

  it('uses up none of the limit for notices of their lockout', async () => {
    const { service, makeMany, mailsOf } = await open()
    await makeMany(20)
    const guess = (username: string, host: string, nth = 0) =>
      service.logIn({ username, password: `wrong ${nth}` }, { host })
    for (let nth = 0; nth < 20; nth++) await guess(`evil${nth}`, 'evil.localhost')
    for (let nth = 0; nth < 10; nth++) await guess('jane', 'mysite.localhost', nth)
    await service.runCron()
    expect(mailsOf('evil.localhost')).toHaveLength(20)
    expect(mailsOf('mysite.localhost')).toHaveLength(1)
  })

  it('uses up no invitation of another site', async () => {
    const { service, site, ask, mailsOf } = await open()
    for (let nth = 0; nth < 20; nth++)
      expect(
        (await ask('POST', '/users', { username: `guest${nth}`, email: address })).status,
      ).toBe(201)
    const admin = await service.createUser(site, { username: 'siteadmin', siteAdmin: true })
    const { body: session } = await service.logIn(admin, { headers: SDK })
    const { status } = await service.ask('POST', `${API}/users`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      body: { username: 'jane-too', email: address },
    })
    expect([status, mailsOf('mysite.localhost').length]).toEqual([201, 1])
  })
})

describe('Mail of a site to unverified addresses', () => {
  const limit = { UNVERIFIED_MAIL_DAILY_LIMIT: '3' }

  it('has a daily limit that does not count resets of verified owners or other sites', async () => {
    const { service, evil, forgot, makeMany, mailsOf } = await open(limit)
    await makeMany(5, strangerOf)
    await service.createUser(evil, { ...verified, username: 'jane-of-evil' })
    for (let nth = 0; nth < 5; nth++) expect((await forgot(`evil${nth}`)).status).toBe(204)
    expect(mailsOf('evil.localhost')).toHaveLength(3)
    for (const username of ['jane-of-evil', 'jane']) await forgot(username)
    expect(mailsOf('evil.localhost')).toHaveLength(4)
    expect(mailsOf('mysite.localhost')).toHaveLength(1)
    const third = await service.createSite({ subdomain: 'third' })
    await service.createUser(third, { username: 'third', email: strangerOf(9) })
    await forgot('third')
    expect(mailsOf('third.localhost')).toHaveLength(1)
    service.clock.advance(DAY)
    await forgot('evil4')
    expect(mailsOf('evil.localhost')).toHaveLength(5)
  })

  it('is counted separately for resets, invitations and notices', async () => {
    const { service, ask, forgot, makeMany } = await open(limit)
    await makeMany(5, strangerOf)
    for (let nth = 0; nth < 5; nth++) await forgot(`evil${nth}`)
    for (let nth = 0; nth < 5; nth++)
      await service.logIn({ username: `evil${nth}`, password: 'x' }, { host: 'evil.localhost' })
    await service.runCron()
    const statuses = []
    for (let nth = 0; nth < 5; nth++) {
      const invited = { username: `guest${nth}`, email: `guest${nth}@example.com` }
      statuses.push((await ask('POST', '/users', invited)).status)
    }
    expect(statuses).toEqual([201, 201, 201, 429, 429])
    const subjects = Map.groupBy(service.mails, ({ subject }) => subject)
    expect([...subjects].map(([subject, mails]) => [subject, mails.length])).toEqual([
      ['Choose a new password', 3],
      ['Too many failed logins', 3],
      ['Your new account', 3],
    ])
  })

  it.each([
    [
      'sets the password of one user again and again',
      async ({ ask }: Awaited<ReturnType<typeof open>>, id: number, nth: number) =>
        ask('PATCH', `/users/${id}`, { change_password: `${password} ${nth}` }),
    ],
    [
      'gives one user one new email address after another',
      async ({ ask }: Awaited<ReturnType<typeof open>>, id: number, nth: number) =>
        ask('PATCH', `/users/${id}`, { email: strangerOf(nth + 1) }),
    ],
    [
      'resets the 2FA of one user again and again',
      async ({ ask }: Awaited<ReturnType<typeof open>>, id: number) =>
        ask('POST', `/users/${id}/2fa/reset`),
    ],
  ])('is limited when its admin %s', async (_, act) => {
    const opened = await open(limit)
    const { body: user } = await opened.ask('POST', '/users', {
      username: 'puppet',
      email: strangerOf(0),
      password,
    })
    opened.service.mails.splice(0)
    for (let nth = 0; nth < 6; nth++)
      expect((await act(opened, user.id, nth)).status).toBeLessThan(300)
    await opened.service.runCron()
    expect(opened.service.mails).toHaveLength(3)
  })

  it('is counted once, however many retries the mail service needs', async () => {
    const { service, forgot, makeMany, mailsOf } = await open(limit)
    await makeMany(4, strangerOf)
    service.mailFails = true
    for (let nth = 0; nth < 3; nth++) await forgot(`evil${nth}`)
    for (let nth = 0; nth < 3; nth++) {
      service.clock.advance(HOUR)
      await service.runCron()
    }
    service.mailFails = false
    service.clock.advance(HOUR)
    await service.runCron()
    expect(mailsOf('evil.localhost')).toHaveLength(3)
    await forgot('evil3')
    expect(mailsOf('evil.localhost')).toHaveLength(3)
  })

  it('is remembered for a day, and forgotten an hour later at most', async () => {
    const { service, evil, forgot, makeMany } = await open()
    const counts = async () => {
      const found = env.DB_US_EAST_1.prepare('SELECT id FROM unverified_mails').all()
      return (await found).results.length
    }
    const third = await service.createSite({ subdomain: 'third' })
    await service.createUser(third, { username: 'third', email: strangerOf(9) })
    await makeMany(2, strangerOf)
    for (const username of ['evil0', 'evil1', 'third']) await forgot(username)
    service.clock.advance(22 * HOUR)
    for (const { id } of [evil, third]) await runCronOfTurn(service, id)
    expect(await counts()).toBe(3)
    service.clock.advance(2 * HOUR + 1)
    for (const { id } of [evil, third]) await runCronOfTurn(service, id)
    expect(await counts()).toBe(0)
  })
})

/** Runs the cron in the minute of the hour that sweeps a site's counts. */
async function runCronOfTurn(service: Service, siteId: number): Promise<void> {
  const isTurn = () => isAmong(siteId, idsOfMinute(regionCodeOfId(siteId), service.clock(), HOUR))
  passTimeUntil(service.clock, isTurn)
  await service.runCron()
}

describe('Invitations', () => {
  it('to 60 strangers at once stop at the daily limit, and no further user is created', async () => {
    const { service, ask, evil } = await open({ UNVERIFIED_MAIL_DAILY_LIMIT: '20' })
    await service.env.DB_US_EAST_1.prepare('UPDATE sites SET name = ? WHERE id = ?')
      .bind('Your account is suspended, call +1 555 0100', evil.id)
      .run()
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, nth) =>
        ask('POST', '/users', { username: `guest${nth}`, email: strangerOf(nth) }),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(40)
    expect(refused[0]?.body).toMatchObject({
      type: 'rate-limited/too-many-requests',
      model_errors: { email: ['Too many invitations were sent. Please try again later.'] },
    })
    expect(service.mails).toHaveLength(20)
    for (const { subject, text } of service.mails) {
      expect(subject).toBe('Your new account')
      expect(text.indexOf('evil.localhost')).toBeLessThan(text.indexOf('+1 555 0100'))
    }
    const users = await service.env.DB_US_EAST_1.prepare('SELECT count(*) FROM users').first()
    expect(Object.values(users ?? {})).toEqual([22])
  })

  it('have a limit of 200 a day unless the operator sets another', async () => {
    const { service, ask, evil } = await open()
    const insert = service.env.DB_US_EAST_1.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
      INSERT INTO unverified_mails (id, site_id, email_key, kind, sent_at)
      SELECT i, ?, 'stranger' || i, 'invitation', ? FROM n`,
    )
    await insert.bind(evil.id, service.clock()).run()
    const invite = async (nth: number) =>
      (await ask('POST', '/users', { username: `guest${nth}`, email: strangerOf(nth) })).status
    expect([await invite(0), await invite(1)]).toEqual([201, 429])
  })

  it('are counted for users who are deleted and created again', async () => {
    const { service, ask } = await open({ UNVERIFIED_MAIL_DAILY_LIMIT: '3' })
    const statuses = []
    for (let nth = 0; nth < 5; nth++) {
      const made = await ask('POST', '/users', { username: 'guest', email: strangerOf(0) })
      statuses.push(made.status)
      if (made.status === 201) await ask('DELETE', `/users/${made.body.id}`)
    }
    expect(statuses).toEqual([201, 201, 201, 429, 429])
    expect(service.mails).toHaveLength(3)
  })

  it('are counted when they are sent again', async () => {
    const { service, ask } = await open({ UNVERIFIED_MAIL_DAILY_LIMIT: '3' })
    const again = []
    for (let nth = 0; nth < 2; nth++) {
      const user = { username: `guest${nth}`, email: strangerOf(nth) }
      const { body } = await ask('POST', '/users', user)
      again.push(`/users/${body.id}/resend_welcome_email`)
    }
    const statuses = []
    for (const path of again) statuses.push((await ask('POST', path)).status)
    expect([statuses, service.mails.length]).toEqual([[204, 429], 3])
  })

  it('that fail are not counted', async () => {
    const { ask } = await open({ UNVERIFIED_MAIL_DAILY_LIMIT: '1' })
    for (let nth = 0; nth < 3; nth++) {
      const taken = await ask('POST', '/users', { username: 'jane', email: strangerOf(0) })
      expect(taken.body.model_errors).toHaveProperty('username')
    }
    const { status } = await ask('POST', '/users', { username: 'guest', email: strangerOf(0) })
    expect(status).toBe(201)
  })

  it('by the operator are not limited', async () => {
    const { service } = await open({ UNVERIFIED_MAIL_DAILY_LIMIT: '0' })
    const operate = operatorOf(service)
    const user = { username: 'guest', site: 'evil', email: strangerOf(0) }
    expect((await operate('POST', '/users', user)).status).toBe(201)
    expect((await operate('POST', '/users/guest/welcome')).status).toBe(204)
    expect(service.mails).toHaveLength(2)
  })

  it('to a verified owner are not limited', async () => {
    const { service, evil, ask } = await open({ UNVERIFIED_MAIL_DAILY_LIMIT: '0' })
    const { id } = await service.createUser(evil, { ...verified, username: 'jane-of-evil' })
    expect((await ask('POST', `/users/${id}/resend_welcome_email`)).status).toBe(204)
    expect(service.mails).toHaveLength(1)
  })
})
