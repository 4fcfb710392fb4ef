import { describe, expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'
import { siteWithAdmin } from '../support/site-with-admin.ts'

async function open() {
  const service = new Service()
  const { site, session } = await siteWithAdmin(service)
  const people = [
    { username: 'ann', profile: { name: 'Ann Lee', company: 'Acme' }, passwordValidityDays: 30 },
    { username: 'bob', profile: { name: 'Bob Ray', company: 'Acme' }, passwordValidityDays: 60 },
    { username: 'bobby', profile: { name: 'Ann Orr', company: 'Beta' }, disabled: true },
    { username: 'carl', authenticateUntil: Date.parse('2099-01-01T00:00:00Z') },
  ]
  for (const one of people)
    await service.createUser(site, { email: `${one.username}@acme.example`, ...one })
  const ask = (path: string) =>
    service.ask('GET', `${API}${path}`, { headers: { ...SDK, 'X-FilesAPI-Auth': session } })
  const names = async (query: string) => {
    const { status, body } = await ask(`/users?${query}`)
    expect([query, status]).toEqual([query, 200])
    return body.map((user: { username: string }) => user.username)
  }
  return { service, ask, names, session }
}

describe('GET /users', () => {
  it.each([
    ['sort_by[username]=asc', ['ann', 'bob', 'bobby', 'boss', 'carl']],
    ['sort_by[username]=desc', ['carl', 'boss', 'bobby', 'bob', 'ann']],
    ['sort_by[name]=desc&filter[company]=Acme', ['bob', 'ann']],
    ['sort_by[company]=asc&filter_prefix[company]=B', ['bobby']],
    ['filter_prefix[username]=BOB', ['bob', 'bobby']],
    ['filter_prefix[name]=Ann', ['ann', 'bobby']],
    ['filter_prefix[name]=%25', []],
    ['filter_prefix[email]=Carl@', ['carl']],
    ['filter[name]=Ann Lee', ['ann']],
    ['filter[email]=BOB@acme.example', ['bob']],
    ['filter[not_site_admin]=true&sort_by[username]=asc', ['ann', 'bob', 'bobby', 'carl']],
    ['filter[disabled]=true', ['bobby']],
    ['filter[ssl_required]=always_require', []],
    ['filter_gt[password_validity_days]=30', ['bob']],
    ['filter_gteq[password_validity_days]=30&filter_lt[password_validity_days]=60', ['ann']],
    ['filter_lteq[password_validity_days]=30', ['ann']],
    ['filter_gt[authenticate_until]=2098-01-01T00:00:00Z', ['carl']],
    ['filter_lt[authenticate_until]=2098-01-01T00:00:00Z', []],
    ['filter_gteq[last_login_at]=2000-01-01T00:00:00Z', ['boss']],
    ['q[username]=ann', ['ann']],
  ])('sorts and filters as the SDK documents: %s', async (query, expected) => {
    const { names } = await open()
    const found = await names(query)
    expect(query.includes('sort_by') ? found : found.sort()).toEqual(expected)
  })

  it('pages through a sorted list, each user once', async () => {
    const { ask } = await open()
    const found: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const next: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body, headers } = await ask(`/users?sort_by[username]=desc&per_page=2${next}`)
      found.push(...body.map((user: { username: string }) => user.username))
      cursor = headers.get('X-Files-Cursor')
    }
    expect(found).toEqual(['carl', 'boss', 'bobby', 'bob', 'ann'])
    const second = await ask('/users?sort_by[username]=asc&per_page=2&page=2')
    expect(second.body.map((user: { username: string }) => user.username)).toEqual([
      'bobby',
      'boss',
    ])
  })

  it.each([
    ['sort_by[notes]=asc', 'sort_by'],
    ['sort_by[name]=up', 'sort_by'],
    ['sort_by[name]=asc&sort_by[username]=asc', 'sort_by'],
    ['filter[notes]=x', 'filter'],
    ['filter[site_admin]=maybe', 'filter'],
    ['filter_gt[last_login_at]=yesterday', 'filter_gt'],
    ['filter_gt[username]=a', 'filter_gt'],
    ['filter_prefix[site_admin]=t', 'filter_prefix'],
    ['include_parent_site_users=true', 'include_parent_site_users'],
  ])('refuses by name an unsupported sort or filter: %s', async (query, name) => {
    const { ask } = await open()
    const { status, body } = await ask(`/users?${query}`)
    expect([status, body.error]).toEqual([400, expect.stringContaining(name)])
  })
})

describe('GET /api_keys', () => {
  it('sorts and filters by expiry', async () => {
    const { service, ask, session } = await open()
    for (const year of ['2098', '2097', '2099'])
      await service.ask('POST', `${API}/api_keys`, {
        headers: { ...SDK, 'X-FilesAPI-Auth': session },
        body: { name: year, expires_at: `${year}-01-01T00:00:00Z` },
      })
    const names = async (query: string) =>
      (await ask(`/api_keys?${query}`)).body.map((key: { name: string }) => key.name)
    expect(await names('sort_by[expires_at]=desc')).toEqual(['2099', '2098', '2097'])
    expect(await names('filter_gt[expires_at]=2098-01-01T00:00:00Z')).toEqual(['2099'])
    expect(await names('filter[expires_at]=2097-01-01T00:00:00Z')).toEqual(['2097'])
    expect(await names('filter[aws_style_credentials]=true')).toEqual([])
    expect((await ask('/api_keys?filter[name]=x')).status).toBe(400)
  })
})
