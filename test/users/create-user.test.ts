import { describe, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/platform/clock.ts'
import { UserStore } from '../../src/users/user-store.ts'
import { env } from '../support/env.ts'
import { Service } from '../support/service.ts'

async function twoSites() {
  const service = new Service()
  const american = await service.createSite()
  const european = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
  return { service, american, european }
}

const countUsers = async () =>
  Number(await env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM users').first('n')) +
  Number(await env.DB_EU_CENTRAL_1.prepare('SELECT count(*) AS n FROM users').first('n'))

describe('creating a user', () => {
  it('takes a username once, across all regions and letter cases', async () => {
    const { service, american, european } = await twoSites()
    await service.createUser(american, { username: 'Jo' })
    await expect(service.createUser(european, { username: 'jo' })).rejects.toThrow('username-taken')
    await expect(service.createUser(american, { username: 'JO' })).rejects.toThrow('username-taken')
  })

  it.each([
    ['a zero-width space', 'bo\u200bss'],
    ['a soft hyphen', 'bo\u00adss'],
    ['another direction', '\u202eboss'],
    ['a control character', '\u0000site victim'],
    ['full width', '\uff42\uff4f\uff53\uff53'],
    ['half a character', 'boss\ud800'],
  ])('takes no name that is not what it looks like: with %s', async (_, username) => {
    const { service, american } = await twoSites()
    await expect(service.createUser(american, { username })).rejects.toThrow('username-malformed')
  })

  it('has exactly one winner when 20 callers in two regions want one name', async () => {
    const { service, american, european } = await twoSites()
    await service.hashOf('sessionuserpassword')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        service.createUser(i % 2 ? american : european, { username: 'wanted' }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await countUsers()).toBe(1)
  })

  it('frees a name whose creation was cut short before the user was there', async () => {
    const { service, american, european } = await twoSites()
    const insert = vi.spyOn(UserStore.prototype, 'insert').mockRejectedValueOnce(new Error('cut'))
    await expect(service.createUser(american, { username: 'jo' })).rejects.toThrow('cut')
    insert.mockRestore()
    await expect(service.createUser(european, { username: 'jo' })).rejects.toThrow('username-taken')
    service.clock.advance(2 * MINUTE)
    await service.createUser(european, { username: 'jo' })
  })

  it('keeps a name whose creation was cut short after the user was there', async () => {
    const { service, american, european } = await twoSites()
    await service.createUser(american, { username: 'jo' })
    await env.DIRECTORY.prepare('UPDATE usernames SET confirmed_at = NULL').run()
    service.clock.advance(2 * MINUTE)
    await expect(service.createUser(european, { username: 'jo' })).rejects.toThrow('username-taken')
  })

  it('frees a name whose user is gone, as after a backup was restored', async () => {
    const { service, american, european } = await twoSites()
    await service.createUser(american, { username: 'jo' })
    await env.DB_US_EAST_1.prepare('DELETE FROM users').run()
    await service.createUser(european, { username: 'jo' })
    await expect(service.createUser(american, { username: 'jo' })).rejects.toThrow()
  })

  it('gives nobody a mail address as a name but its verified owner', async () => {
    const { service, american } = await twoSites()
    const username = 'jo@example.com'
    await expect(service.createUser(american, { username })).rejects.toThrow(
      'username-is-foreign-address',
    )
    await expect(
      service.createUser(american, { username, email: 'other@example.com', emailIsVerified: true }),
    ).rejects.toThrow('username-is-foreign-address')
    await service.createUser(american, { username, email: 'Jo@example.com', emailIsVerified: true })
  })

  it('stores nothing of a name, a user’s or a site’s, outside its region but an HMAC', async () => {
    const { service, american } = await twoSites()
    await service.createUser(american, { username: 'recognisable' })
    const { results } = await env.DIRECTORY.prepare('SELECT * FROM usernames').all()
    expect(results).toHaveLength(3)
    expect(JSON.stringify(results)).not.toMatch(/recognisable|europe/)
  })
})
