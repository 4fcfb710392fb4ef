import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { Service } from '../support/service.ts'

const HOUR = 3_600_000

async function open(user = {}, site = {}) {
  const service = new Service()
  await service.createUser(await service.createSite(site), { email: 'jo@example.com', ...user })
  const guess = async (times: number, username = 'sessionuser') => {
    for (let nth = 0; nth < times; nth++)
      await service.logIn(
        { username, password: `wrong ${crypto.randomUUID()}`, locale: 'de' },
        { headers: { 'CF-Connecting-IP': '203.0.113.7' } },
      )
  }
  return { service, guess }
}

describe('The notice of a lockout', () => {
  it('is mailed to the owner of the name with the next cron run: from where, until when, what to do', async () => {
    const { service, guess } = await open()
    await guess(9)
    await service.runCron()
    expect(service.mails).toEqual([])
    await guess(3)
    await service.runCron()
    expect(service.mails).toHaveLength(1)
    const [mail] = service.mails
    expect([mail?.to, mail?.subject]).toEqual([
      'jo@example.com',
      'Zu viele fehlgeschlagene Anmeldungen',
    ])
    expect(mail?.text).toContain('203.0.113.7')
    expect(mail?.text).toContain('http://mysite.localhost/forgot')
  })

  it('is sent once a day at most', async () => {
    const { service, guess } = await open()
    for (const mails of [1, 1, 2]) {
      await guess(10)
      await service.runCron()
      expect(service.mails).toHaveLength(mails)
      service.clock.advance(mails === 1 ? 12 * HOUR + 1 : HOUR)
    }
  })

  it.each([
    ['has no email address', { email: null }],
    ['is disabled', { disabled: true }],
    ['logs in elsewhere', { authenticationMethod: 'sso' }],
  ])('is not sent to a user who %s', async (_, user) => {
    const { service, guess } = await open(user)
    await guess(10)
    await service.runCron()
    expect(service.mails).toEqual([])
  })

  it('is not sent for a lockout at the host of another site, which does not affect the user', async () => {
    const { service, guess } = await open()
    await service.createSite({ name: 'Other', subdomain: 'other' })
    for (let nth = 0; nth < 10; nth++)
      await service.logIn(
        { username: 'sessionuser', password: `wrong ${nth}` },
        { host: 'other.localhost' },
      )
    await service.runCron()
    expect(service.mails).toEqual([])
    await guess(10)
    await service.runCron()
    expect(service.mails).toHaveLength(1)
  })

  it('is not sent when a reset has ended the lockout meanwhile', async () => {
    const { service, guess } = await open()
    await guess(10)
    await env.DB_US_EAST_1.prepare('DELETE FROM login_failures').run()
    await service.runCron()
    expect(service.mails).toEqual([])
  })

  it('is queued and processed in the same way when the name has no owner', async () => {
    const { service, guess } = await open()
    await guess(10, 'nobody')
    const waiting = async () => {
      const regions = [env.DB_US_EAST_1, env.DB_EU_CENTRAL_1]
      const all = regions.map((database) => database.prepare('SELECT kind FROM outbox').all())
      return (await Promise.all(all)).flatMap(({ results }) => results)
    }
    expect(await waiting()).toEqual([{ kind: 'lock-notice' }])
    await service.runCron()
    expect([service.mails, await waiting()]).toEqual([[], []])
  })
})
