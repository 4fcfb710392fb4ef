import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { Service } from '../support/service.ts'

const DAY = 86_400_000
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

async function open(user = {}) {
  const service = new Service()
  await service.createUser(await service.createSite(), { email: 'jo@example.com', ...user })
  const logIn = async (address: string, change = {}) => {
    const headers = { 'CF-Connecting-IP': address, 'User-Agent': FIREFOX }
    const { status } = await service.logIn({ ...right, ...change }, { headers })
    expect(status).toBe(201)
    await service.runCron()
    return service.mails.length
  }
  return { service, logIn }
}

describe('A login from a new place', () => {
  it('is announced by mail: when, from where, with what, what to do', async () => {
    const { service, logIn } = await open()
    expect(await logIn('203.0.113.7')).toBe(0)
    expect(await logIn('203.0.113.7')).toBe(0)
    expect(await logIn('198.51.100.9', { locale: 'de' })).toBe(1)
    const [mail] = service.mails
    expect([mail?.to, mail?.subject]).toEqual(['jo@example.com', 'Neue Anmeldung'])
    expect(mail?.text).toContain('198.51.100.9')
    expect(mail?.text).toContain('Firefox, Linux')
    expect(mail?.text).toContain('http://mysite.localhost/account')
  })

  it('is announced once a day at most, and again after 30 days without one', async () => {
    const { service, logIn } = await open()
    await logIn('203.0.113.7')
    expect(await logIn('198.51.100.1')).toBe(1)
    expect(await logIn('198.51.100.2')).toBe(1)
    service.clock.advance(DAY + 1)
    expect(await logIn('198.51.100.2')).toBe(1)
    expect(await logIn('198.51.100.3')).toBe(2)
    service.clock.advance(30 * DAY + 1)
    expect(await logIn('203.0.113.7')).toBe(3)
  })

  it('is not announced after a new password on the same device', async () => {
    const { service, logIn } = await open()
    await logIn('203.0.113.7')
    await env.DB_US_EAST_1.exec('UPDATE users SET credential_version = credential_version + 1')
    expect(await logIn('203.0.113.7')).toBe(0)
    expect(service.mails).toEqual([])
  })

  it('is not announced to a user without an email address', async () => {
    const { logIn } = await open({ email: null })
    await logIn('203.0.113.7')
    expect(await logIn('198.51.100.1')).toBe(0)
  })
})

describe('Wrong codes after the right password', () => {
  it('are announced with the third in a row, and a login resets the count', async () => {
    const { service, logIn, withApp } = await withSecondFactors({}, { email: 'jo@example.com' })
    const { code } = await withApp()
    await service.runCron()
    const before = service.mails.length
    const told = () => service.mails.length - before
    const guess = async (times: number) => {
      for (let nth = 0; nth < times; nth++) await logIn({ otp: `00000${nth}` })
      await service.runCron()
    }
    await guess(2)
    expect(told()).toBe(0)
    service.clock.advance(60_000)
    expect((await logIn({ otp: code() })).status).toBe(201)
    await guess(2)
    expect(told()).toBe(0)
    service.clock.advance(60_000)
    await guess(3)
    expect(told()).toBe(1)
    const mail = service.mails.at(-1)
    expect([mail?.to, mail?.subject]).toEqual([
      'jo@example.com',
      'Incorrect codes after your password',
    ])
    expect(mail?.text).toContain('http://mysite.localhost/forgot')
  })

  it('are not announced when the password is wrong too', async () => {
    const { service, logIn, withApp } = await withSecondFactors({}, { email: 'jo@example.com' })
    await withApp()
    await service.runCron()
    const before = service.mails.length
    for (let nth = 0; nth < 4; nth++) await logIn({ password: 'wrong', otp: `00000${nth}` })
    await service.runCron()
    expect(service.mails).toHaveLength(before)
  })
})
