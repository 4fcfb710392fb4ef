import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { API, SDK, Service } from '../support/service.ts'

const password = 'sessionuserpassword'

async function siteWithAdmin(subdomain = 'mysite') {
  const service = new Service()
  const site = await service.createSite({ subdomain })
  const admin = await service.createUser(site, { username: `${subdomain}-admin`, siteAdmin: true })
  const user = await service.createUser(site, { username: `${subdomain}-user` })
  const { body } = await service.logIn({ username: admin.username, password }, { headers: SDK })
  const list = async (query = '') =>
    service.ask('GET', `${API}/history/login${query}`, {
      headers: { 'X-FilesAPI-Auth': body.id },
    })
  const attempt = (username = user.username, typed = 'wrong') =>
    service.logIn({ username, password: typed }, { host: `${subdomain}.localhost` })
  return { service, site, admin, user, list, attempt, session: body.id as string }
}

describe('GET /history/login', () => {
  it('lists the login attempts of the site, newest first, with the true reason', async () => {
    const { service, list, attempt, user } = await siteWithAdmin()
    service.clock.advance(1)
    await attempt()
    service.clock.advance(1)
    await attempt('nobody')
    const { status, body } = await list()
    expect(status).toBe(200)
    expect(body).toMatchObject([
      {
        action: 'failedlogin',
        failure_type: 'username_not_found',
        username: 'nobody',
        user_id: null,
      },
      {
        action: 'failedlogin',
        failure_type: 'password_mismatch',
        user_id: user.id,
        session_id: null,
      },
      { action: 'login', failure_type: 'none', session_id: expect.any(Number) },
    ])
    expect(JSON.stringify(body)).not.toContain('wrong')
  })

  it('counts refusals of a name for one reason within an hour in one row, with the last network', async () => {
    const { service, list, attempt, user, session } = await siteWithAdmin()
    const from = async (address: string, username = user.username) =>
      service.logIn(
        { username, password: crypto.randomUUID() },
        { host: 'mysite.localhost', headers: { 'CF-Connecting-IP': address } },
      )
    service.clock.advance(1)
    const first = service.clock()
    await from('203.0.113.7')
    await from('192.0.2.1', 'nobody')
    service.clock.advance(HOUR - 1)
    await from('198.51.100.9')
    const once = { times: 1, last_at: null, last_ip: null }
    const several = {
      username: user.username,
      when: new Date(first).toISOString(),
      ip: '203.0.113.7',
      times: 2,
      last_at: new Date(service.clock()).toISOString(),
      last_ip: '198.51.100.9',
    }
    const { body } = await list()
    expect(body).toHaveLength(3)
    expect(body).toContainEqual(expect.objectContaining(several))
    expect(body).toContainEqual(expect.objectContaining({ username: 'nobody', ...once }))
    expect((await list('.csv')).body).toContain(`"2","${several.last_at}","198.51.100.9"`)
    const headers = { Accept: 'text/html', Cookie: `__Host-latchkey=${session}` }
    const page = await service.ask('GET', '/admin/history', { host: 'mysite.localhost', headers })
    expect(page.body).toContain('198.51.100.9')
    service.clock.advance(1)
    await attempt()
    expect((await list()).body).toHaveLength(4)
  })

  it('is filtered by user, reason and time', async () => {
    const { service, list, attempt, user } = await siteWithAdmin()
    service.clock.advance(HOUR)
    const later = new Date(service.clock()).toISOString()
    await attempt()
    await attempt('nobody')
    const count = async (query: string) => (await list(query)).body.length
    expect(await count(`?user_id=${user.id}`)).toBe(1)
    expect(await count('?failure_type=username_not_found')).toBe(1)
    expect(await count(`?start_at=${later}`)).toBe(2)
    expect(await count(`?end_at=${new Date(service.clock() - 1).toISOString()}`)).toBe(1)
    expect((await list('?start_at=yesterday')).status).toBe(400)
    expect((await list('?failure_type=else')).status).toBe(400)
  })

  it('is filtered by a name, as it was typed or of its user', async () => {
    const { service, site, list, attempt } = await siteWithAdmin()
    const address = { email: 'jo@example.com', emailIsVerified: true }
    const jo = await service.createUser(site, { username: 'jo', ...address })
    const other = await service.createSite({ subdomain: 'other' })
    await service.createUser(other, { username: 'al' })
    for (const name of ['jo', 'JO@example.com', 'Jo', 'nobody', 'al', 'mysite-user']) {
      await attempt(name)
      service.clock.advance(HOUR * (2 / 3))
    }
    const named = async (name: string) =>
      (await list(`?username=${name}`)).body.map(({ username }: { username: string }) => username)
    expect(new Set(await named('JO'))).toEqual(new Set(['jo', 'JO@example.com', 'Jo']))
    expect(await named('NOBODY')).toEqual(['nobody'])
    expect(await named('al')).toEqual(['al'])
    expect(await named('j')).toEqual([])
    expect((await list(`?username=jo&user_id=${jo.id}`)).body).toHaveLength(3)
    const csv = await list('.csv?username=nobody')
    expect(csv.body.trim().split('\r\n')).toHaveLength(2)
  })

  it('is read page by page, each attempt once', async () => {
    const { list, attempt } = await siteWithAdmin()
    for (let i = 0; i < 6; i++) await attempt(`nobody${i}`)
    const seen: number[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await list(`?per_page=3${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.body.map(({ id }: { id: number }) => id))
      cursor = page.headers.get('X-Files-Cursor')
    }
    expect(seen).toHaveLength(7)
    // All in the same millisecond: the later id comes first.
    expect(seen).toEqual([...new Set(seen)].toSorted((one, other) => other - one))
    expect((await list('?cursor=else')).status).toBe(400)
  })

  it('never shows attempts at another site, nor that a name exists there', async () => {
    const one = await siteWithAdmin('one')
    const two = await siteWithAdmin('two')
    await two.attempt()
    one.service.clock.advance(1)
    await one.service.logIn({ username: 'two-user', password: 'wrong' }, { host: 'one.localhost' })
    const { body } = await one.list()
    expect(body.map(({ failure_type }: { failure_type: string }) => failure_type)).toEqual([
      'username_not_found',
      'none',
    ])
    expect(body[0].user_id).toBeNull()
    expect((await one.list('?failure_type=username_not_found')).body).toHaveLength(1)
    expect((await one.list('?failure_type=site_mismatch')).body).toEqual([])
  })

  it('is for site admins only', async () => {
    const { service, user } = await siteWithAdmin()
    const { body } = await service.logIn({ username: user.username, password }, { headers: SDK })
    const refused = await service.ask('GET', `${API}/history/login`, {
      headers: { 'X-FilesAPI-Auth': body.id },
    })
    expect([refused.status, refused.body.type]).toEqual([403, 'not-authorized/site-admin-required'])
  })
})

describe('The cleanup of the login history', () => {
  it('deletes old attempts, a bounded number at a time, and no others', async () => {
    const { service, attempt } = await siteWithAdmin()
    for (let i = 0; i < 3; i++) await attempt(`nobody${i}`)
    service.clock.advance(10 * DAY)
    await attempt()
    const ctx = await service.open()
    const store = ctx.in(ctx.regions.all[0] as never).attempts
    const before = service.clock() - 9 * DAY
    expect([await store.sweep(before, 3), await store.sweep(before, 3)]).toEqual([3, 1])
    const left = await env.DB_US_EAST_1.prepare(`SELECT count(*) AS n FROM ${EVERY_ATTEMPT}`).first(
      'n',
    )
    expect(left).toBe(1)
  })
})
