import { describe, expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'

const password = 'sessionuserpassword'

async function open() {
  const service = new Service()
  const site = await service.createSite()
  const other = await service.createSite({ name: 'Other', subdomain: 'other' })
  await service.createUser(site)
  await service.createUser(site, { username: 'boss', siteAdmin: true })
  await service.createUser(other, { username: 'stranger', siteAdmin: true })
  const as = async (username: string, from = {}) => {
    const { body } = await service.logIn(
      { username, password },
      { headers: { ...SDK, 'CF-Connecting-IP': '203.0.113.7' }, ...from },
    )
    const headers = { ...SDK, 'X-FilesAPI-Auth': body.id as string }
    const ask = (method: string, path: string) => service.ask(method, `${API}${path}`, { headers })
    return {
      ask,
      id: async () => (await ask('GET', '/sessions')).body.find(isCurrent).id as number,
    }
  }
  return { service, as }
}

const isCurrent = ({ current }: { current: boolean }) => current

describe('The sessions of a user', () => {
  it('are listed with where and how each started, but not with its credential', async () => {
    const { as } = await open()
    await as('sessionuser', { cf: { city: 'Berlin', country: 'DE' } })
    const { ask } = await as('sessionuser')
    const { status, body } = await ask('GET', '/sessions')
    expect([status, body.length, body.filter(isCurrent).length]).toEqual([200, 2, 1])
    expect(body.find((one: { current: boolean }) => !one.current)).toMatchObject({
      username: 'sessionuser',
      ip: '203.0.113.7',
      place: 'Berlin, DE',
      user_agent: SDK['User-Agent'],
    })
    expect(JSON.stringify(body)).not.toMatch(/[0-9a-f]{40}/)
  })

  it('can be revoked, one or all others', async () => {
    const { as } = await open()
    const [first, second, third] = [
      await as('sessionuser'),
      await as('sessionuser'),
      await as('sessionuser'),
    ]
    expect((await third.ask('DELETE', `/sessions/${await first.id()}`)).status).toBe(204)
    expect((await first.ask('GET', '/site')).status).toBe(401)
    expect((await second.ask('GET', '/site')).status).toBe(200)
    expect((await third.ask('DELETE', '/sessions/others')).status).toBe(204)
    expect((await second.ask('GET', '/site')).status).toBe(401)
    expect((await third.ask('GET', '/site')).status).toBe(200)
    expect((await third.ask('DELETE', '/sessions/1')).body.type).toBe('not-found/session-not-found')
  })

  it('can be listed and revoked by a site admin, and by no other user', async () => {
    const { as } = await open()
    const [user, boss, stranger] = [await as('sessionuser'), await as('boss'), await as('stranger')]
    const path = `/sessions/${await user.id()}`
    const bossPath = `/sessions/${await boss.id()}`
    expect((await user.ask('DELETE', bossPath)).status).toBe(404)
    expect((await stranger.ask('DELETE', path)).status).toBe(404)
    expect((await user.ask('GET', '/sessions?site=true')).status).toBe(403)
    expect((await stranger.ask('GET', '/sessions?site=true')).body).toHaveLength(1)
    const { body, headers } = await boss.ask('GET', '/sessions?site=true&per_page=1')
    const next = await boss.ask(
      'GET',
      `/sessions?site=true&per_page=1&cursor=${headers.get('X-Files-Cursor')}`,
    )
    expect(new Set([body[0].username, next.body[0].username])).toEqual(
      new Set(['sessionuser', 'boss']),
    )
    const { user_id } = [body[0], next.body[0]].find(({ username }) => username === 'sessionuser')
    expect((await boss.ask('GET', `/sessions?user_id=${user_id}`)).body).toHaveLength(1)
    expect((await stranger.ask('GET', `/sessions?user_id=${user_id}`)).status).toBe(404)
    expect((await boss.ask('DELETE', path)).status).toBe(204)
    expect((await user.ask('GET', '/site')).status).toBe(401)
  })
})
