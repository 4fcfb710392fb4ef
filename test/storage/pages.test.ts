import { describe, expect, it } from 'vitest'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'

const OPERATOR = '/operator/v1'

/** A site with several rows in each list, and another site in another region. */
async function open() {
  const service = new Service()
  const site = await service.createSite()
  const admin = await service.createUser(site, { siteAdmin: true })
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const byAdmin = (method: string, path: string, body?: Record<string, unknown>) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      ...(body && { body }),
    })
  const client = { provider: 'google', client_id: 'x', client_secret: 'y' }
  for (const nth of [1, 2, 3]) {
    await byAdmin('POST', '/users', { username: `user${nth}`, password: admin.password })
    await byAdmin('POST', '/api_keys', { name: `key ${nth}` })
    const { body: made } = await byAdmin('POST', '/sso_strategies', { ...client, label: `${nth}` })
    await service.env.DB_US_EAST_1.prepare(
      `INSERT INTO sso_identities
        (id, site_id, strategy_id, user_id, issuer, subject, created_at, last_used_at)
        VALUES (?, ?, ?, ?, 'https://accounts.google.com', ?, 1, 1)`,
    )
      .bind(nth, site.id, made.id, admin.id, `subject ${nth}`)
      .run()
    await service.logIn(admin, { headers: SDK })
  }
  const other = await service.createSite({ subdomain: 'other' }, 'eu-central-1')
  const stranger = await service.createUser(other, { username: 'elsewhere' })
  await service.logIn(stranger)
  const byOperator = operatorOf(service)
  return (method: string, path: string, page: Record<string, string | number>) => {
    const query = `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(
      Object.entries(page).map(([name, value]) => [name, String(value)]),
    )}`
    if (!path.startsWith(OPERATOR)) return byAdmin(method, query)
    const atOperator = path.slice(OPERATOR.length)
    return method === 'POST'
      ? byOperator(method, atOperator, { ...page, of: 'users' })
      : byOperator(method, query.slice(OPERATOR.length))
  }
}

describe('A list names a next page only when one follows', () => {
  it.each([
    ['GET', '/users'],
    ['GET', '/api_keys?user_id=0'],
    ['GET', '/sso_strategies'],
    ['GET', '/sso_identities'],
    ['GET', '/sessions'],
    ['GET', '/sessions?site=true'],
    ['GET', '/history/login'],
    ['GET', '/history/changes'],
    ['GET', `${OPERATOR}/users`],
    ['GET', `${OPERATOR}/users?site=mysite`],
    ['GET', `${OPERATOR}/sites`],
    ['GET', `${OPERATOR}/sessions`],
    ['POST', `${OPERATOR}/users/rekey`],
    ['POST', `${OPERATOR}/directory/rebuild`],
  ])('%s %s', async (method, path) => {
    const ask = await open()
    const page = async (sent: Record<string, string | number>) => {
      const { body, headers } = await ask(method, path, sent)
      return { length: body.length ?? body.checked, cursor: headers.get('X-Files-Cursor') }
    }
    const { length: rows, cursor } = await page({ per_page: 100 })
    expect(rows).toBeGreaterThan(1)
    expect(cursor).toBeNull()
    expect(await page({ per_page: rows })).toEqual({ length: rows, cursor: null })
    const first = await page({ per_page: rows - 1 })
    expect(first).toEqual({ length: rows - 1, cursor: expect.any(String) })
    const last = { length: 1, cursor: null }
    expect(await page({ per_page: rows - 1, cursor: first.cursor ?? '' })).toEqual(last)
    expect(await page({ per_page: 1, cursor: first.cursor ?? '' })).toEqual(last)
  })

  it('GET /users by the numbers of pages', async () => {
    const ask = await open()
    const { body, headers } = await ask('GET', '/users', { page: 2, per_page: 2 })
    expect([body.length, headers.get('X-Files-Cursor')]).toEqual([2, null])
  })
})
