import { expect, it } from 'vitest'
import { DAY } from '../../src/storage/clock.ts'
import { SDK, Service } from '../support/service.ts'

it('An inactive user is marked on the pages, and enabled again there', async () => {
  const service = new Service()
  const site = await service.createSite({ disableUsersFromInactivityPeriodDays: 30 })
  const admin = await service.createUser(site, { username: 'boss', siteAdmin: true })
  const jane = await service.createUser(site, { username: 'jane' })
  service.clock.advance(31 * DAY)
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const host = 'mysite.localhost'
  const headers = {
    Cookie: `__Host-latchkey=${session.id}`,
    Origin: `http://${host}`,
    'Content-Type': 'application/x-www-form-urlencoded',
    'Accept-Language': 'en',
  }
  const ask = async (method: string, path: string) =>
    (
      await service.ask(method, path, {
        headers,
        host,
        ...(method === 'POST' && { body: 'locale=en' }),
      })
    ).body
  const isInactive = /Inactive for too long/
  expect(await ask('GET', '/admin/users')).toMatch(isInactive)
  const page = await ask('GET', `/admin/users/${jane.id}`)
  expect(page).toMatch(isInactive)
  expect(page).toContain(`/admin/users/${jane.id}/enable`)
  expect((await service.logIn(jane)).status).toBe(401)
  expect(await ask('POST', `/admin/users/${jane.id}/enable`)).not.toMatch(isInactive)
  expect((await service.logIn(jane)).status).toBe(201)
  expect(await ask('GET', `/admin/users/${admin.id}`)).not.toMatch(isInactive)
})
