import { describe, expect, it } from 'vitest'
import { idsOfMinute } from '../../src/storage/sweep.ts'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { API, Service } from '../support/service.ts'
import { isAmong, passTimeUntil } from '../support/slices.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const HOME = '203.0.113.7'
const ELSEWHERE = '198.51.100.9'

async function open() {
  const service = new Service()
  await service.createUser(await service.createSite(), {
    email: 'jo@example.com',
    emailIsVerified: true,
  })
  const from = (address: string | null, host = 'localhost') => ({
    host,
    ...(address !== null && { headers: { 'CF-Connecting-IP': address } }),
  })
  const logIn = async (address: string | null, parameters: Record<string, unknown> = right) => {
    const { status, body } = await service.logIn(parameters, from(address))
    return status === 201 ? 201 : (body.type as string).split('/')[1]
  }
  const guess = async (address: string | null, times = 10) => {
    for (let nth = 0; nth < times; nth++)
      await logIn(address, { ...right, password: `wrong ${crypto.randomUUID()}` })
  }
  return { service, logIn, guess }
}

describe('An IP address from which a user has logged in', () => {
  it('is not locked out by failed attempts of strangers elsewhere', async () => {
    const { logIn, guess } = await open()
    expect(await logIn(HOME)).toBe(201)
    await guess(ELSEWHERE)
    expect(await logIn(ELSEWHERE)).toBe('locked-out')
    expect(await logIn(HOME)).toBe(201)
    expect(await logIn(ELSEWHERE)).toBe('locked-out')
  })

  it('has its own failure count, which locks out that address only', async () => {
    const { service, logIn, guess } = await open()
    await logIn(HOME)
    await guess(HOME)
    expect(await logIn(HOME)).toBe('locked-out')
    expect(await logIn(ELSEWHERE)).toBe(201)
    service.clock.advance(HOUR)
    expect(await logIn(HOME)).toBe(201)
  })

  it('covers the /64 of an IPv6 address', async () => {
    const { logIn, guess } = await open()
    await logIn('2001:db8:1:2::5')
    await guess(ELSEWHERE)
    expect(await logIn('2001:db8:1:2:a:b:c:d')).toBe(201)
    expect(await logIn('2001:db8:1:3::5')).toBe('locked-out')
  })

  it('stays known for 30 days after the last login', async () => {
    const { service, logIn, guess } = await open()
    await logIn(HOME)
    service.clock.advance(29 * DAY)
    await logIn(HOME)
    service.clock.advance(30 * DAY - 1)
    await guess(ELSEWHERE)
    expect(await logIn(HOME)).toBe(201)
    service.clock.advance(30 * DAY)
    await guess(ELSEWHERE)
    expect(await logIn(HOME)).toBe('locked-out')
  })

  it('is no longer known after a password reset, until the new password was used there', async () => {
    const { service, logIn, guess } = await open()
    await logIn(HOME)
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'sessionuser' } })
    const [, code] = /code=([0-9a-f]{40})/.exec(service.mails[0]?.text ?? '') ?? []
    const password = 'a quiet lamp by the window'
    await service.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password } })
    await guess(ELSEWHERE)
    expect(await logIn(HOME, { ...right, password })).toBe('locked-out')
    service.clock.advance(HOUR)
    expect(await logIn(HOME, { ...right, password })).toBe(201)
    await guess(ELSEWHERE)
    expect(await logIn(HOME, { ...right, password })).toBe(201)
  })

  it('becomes known by a full login only, and for that user only', async () => {
    const { service, logIn, guess } = await open()
    const other = await service.createUser(await service.createSite({ subdomain: 'other' }), {
      username: 'other',
    })
    await logIn(HOME, other)
    await logIn(HOME, { ...right, password: 'wrong' })
    await guess(ELSEWHERE)
    expect(await logIn(HOME)).toBe('locked-out')
  })

  it('is unlocked with all others when the operator unlocks the user', async () => {
    const { service, logIn, guess } = await open()
    await logIn(HOME)
    await guess(HOME)
    await guess(ELSEWHERE)
    await operatorOf(service)('POST', '/users/sessionuser/unlock')
    expect([await logIn(HOME), await logIn(ELSEWHERE)]).toEqual([201, 201])
  })

  it('is not recorded when the platform sends no client IP', async () => {
    const { logIn, guess } = await open()
    await logIn(null)
    await guess(ELSEWHERE)
    expect(await logIn(null)).toBe('locked-out')
  })

  it('is stored as a digest, written once a day, and deleted when it is no longer known', async () => {
    const { service, logIn } = await open()
    await logIn(HOME)
    await logIn(HOME)
    const rows = async () =>
      (await env.DB_US_EAST_1.prepare('SELECT * FROM known_addresses').all()).results
    expect(await rows()).toMatchObject([{ last_seen_at: service.clock(), credential_version: 1 }])
    expect(JSON.stringify(await rows())).not.toContain(HOME)
    service.clock.advance(DAY - 1)
    await logIn(HOME)
    expect(await rows()).toMatchObject([{ last_seen_at: service.clock() - DAY + 1 }])
    service.clock.advance(30 * DAY)
    const [{ user_id: id }] = (await rows()) as [{ user_id: number }]
    passTimeUntil(service.clock, () => isAmong(id, idsOfMinute(1, service.clock())))
    await service.runCron()
    expect(await rows()).toEqual([])
  })
})
