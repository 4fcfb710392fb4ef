import { describe, expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'

async function open() {
  const service = new Service()
  const site = await service.createSite()
  const admin = await service.createUser(site, { username: 'boss', siteAdmin: true })
  const headers = { ...SDK, 'CF-Connecting-IP': '192.0.2.7' }
  const { body: session } = await service.logIn(admin, { headers })
  const ask = (method: string, path: string, body?: Record<string, unknown>) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...headers, 'X-FilesAPI-Auth': session.id },
      ...(body && { body }),
    })
  return { service, site, admin, ask }
}

describe('The audit log', () => {
  it('records actor, IP address, request, before and after of a change, and no secret', async () => {
    const { ask, admin, service } = await open()
    const password = 'a quiet lamp by the window'
    const { body: jane } = await ask('POST', '/users', { username: 'jane', password })
    service.clock.advance(1)
    await ask('PATCH', `/users/${jane.id}`, { site_admin: true })
    service.clock.advance(1)
    const changed = await ask('PATCH', '/site', { session_expiry: 2 })
    const { body } = await ask('GET', '/history/changes')
    expect(body.map(({ event }: { event: string }) => event)).toEqual([
      ...['site_changed', 'user_changed', 'user_created'],
    ])
    expect(body[0]).toMatchObject({
      actor: `user:${admin.id}`,
      ip: '192.0.2.7',
      user_agent: SDK['User-Agent'],
      request_id: changed.headers.get('X-Request-Id'),
      changes: { session_expiry: [6, 2] },
    })
    expect(body[1]).toMatchObject({ user_id: jane.id, changes: { site_admin: [false, true] } })
    expect(JSON.stringify(body)).not.toMatch(/argon2|lamp/)
    const only = await ask('GET', `/history/changes?event=user_changed&user_id=${jane.id}`)
    expect(only.body.length).toBe(1)
  })

  it('is read page by page, and only of one’s own site', async () => {
    const { ask, service } = await open()
    for (const hours of [2, 3, 4]) {
      service.clock.advance(1)
      await ask('PATCH', '/site', { session_expiry: hours })
    }
    const other = await service.createSite({ subdomain: 'other' })
    const boss = await service.createUser(other, { username: 'other', siteAdmin: true })
    const { body: session } = await service.logIn(boss, { headers: SDK })
    const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
    expect((await service.ask('GET', `${API}/history/changes`, { headers })).body).toEqual([])
    const first = await ask('GET', '/history/changes?per_page=2')
    const cursor = first.headers.get('X-Files-Cursor')
    const rest = await ask('GET', `/history/changes?per_page=2&cursor=${cursor}`)
    expect([first.body.length, rest.body.length]).toEqual([2, 1])
  })

  it('is exported in full as CSV, without anything that a spreadsheet would run', async () => {
    const { ask, service, site, admin } = await open()
    await service.env.DB_US_EAST_1.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
      INSERT INTO credential_events (id, site_id, user_id, event, actor, user_agent, request_id, created_at)
      SELECT i, ${site.id}, ${admin.id}, 'user_changed', 'operator', '=cmd|"x"', 'r', i FROM n`,
    ).run()
    const { status, headers, body } = await ask('GET', '/history/changes.csv')
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/csv'])
    expect(headers.get('Content-Disposition')).toContain('changes.csv')
    const lines = body.trim().split('\r\n')
    expect(lines.length).toBe(1_201)
    expect(lines[0]).toBe(
      '"id","event","when","user_id","actor","ip","user_agent","request_id","changes"',
    )
    expect(lines[1]).toContain(`"'=cmd|""x"""`)
    const logins = await ask('GET', '/history/login.csv')
    expect(logins.body.trim().split('\r\n').length).toBe(2)
  })
})
