import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'
import { logInBySso, withProvider } from '../support/single-sign-on.ts'

const address = 'jane@acme.example'
const verified = { email: address, emailIsVerified: true }

/** Jane has verified her email address at mysite; a look-alike site has users with the same one. */
async function open() {
  const service = new Service()
  const site = await service.createSite()
  await service.createUser(site, { ...verified, username: 'jane' })
  const evil = await service.createSite({ name: 'My Site', subdomain: 'my-site' })
  for (const username of ['Jane', 'jane.', 'jane-mysite'])
    await service.createUser(evil, { email: address, username: `${username}2` })
  const forgot = async (body: Record<string, unknown>, host = 'localhost') => {
    const { status } = await service.ask('POST', `${API}/sessions/forgot`, { body, host })
    expect(status).toBe(204)
    return service.mails.splice(0)
  }
  return { service, site, evil, forgot }
}

const hostsIn = (text = '') => [...new Set(text.match(/[a-z-]+\.localhost/g))]

describe('A password reset by email address', () => {
  it.each([
    ['the global host', 'localhost', { email: address }],
    ['a regional host', 'us-east-1.localhost', { email: address.toUpperCase() }],
    ['the host of another region', 'eu-central-1.localhost', { email: address }],
    ['the global host, as a username or address', 'localhost', { username_or_email: address }],
  ])('at %s reaches verified owners only', async (_, host, body) => {
    const { forgot } = await open()
    const mails = await forgot(body, host)
    expect(mails.map(({ to }) => to)).toEqual([address])
    expect(hostsIn(mails[0]?.text)).toEqual(['mysite.localhost'])
  })

  it('on the page of the global host reaches verified owners only', async () => {
    const { service } = await open()
    const { status } = await service.ask('POST', '/forgot', {
      body: `username_or_email=${encodeURIComponent(address)}`,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-origin',
      },
    })
    expect(status).toBe(200)
    expect(service.mails.map(({ text }) => hostsIn(text))).toEqual([['mysite.localhost']])
  })

  it('reaches nobody at a shared host when no site has verified the address', async () => {
    const { service, forgot } = await open()
    await service.env.DB_US_EAST_1.prepare('UPDATE users SET verified_email_key = NULL').run()
    expect(await forgot({ email: address })).toEqual([])
  })

  it('sends one mail per site, which names the site’s host first', async () => {
    const { service, forgot } = await open()
    const european = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
    const second = await service.createSite({ subdomain: 'second' })
    await service.createUser(european, { ...verified, username: 'jane-europe' })
    for (const username of ['jane-a', 'jane-b'])
      await service.createUser(second, { ...verified, username })
    const mails = await forgot({ email: address })
    expect(mails.map(({ text }) => hostsIn(text)).sort()).toEqual([
      ['europe.localhost'],
      ['mysite.localhost'],
      ['second.localhost'],
    ])
    for (const { text, html } of mails) {
      const [host = ''] = hostsIn(text)
      expect(text.split('\n')[0]).toBe(`This email is about your account at ${host}.`)
      expect(html.indexOf(host)).toBeLessThan(html.indexOf('jane'))
    }
    const of = (host: string) => mails.find(({ text }) => text.includes(host))?.text
    expect(of('second.localhost')?.match(/\/reset\?code=/g)).toHaveLength(2)
  })

  it('reaches each site of an owner, however many users another site has', async () => {
    const { service, evil, forgot } = await open()
    await env.DB_US_EAST_1.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO users (id, site_id, username, username_key, email, email_key, verified_email_key, created_at)
      SELECT i, ${evil.id}, 'many' || i, 'many' || i, '${address}', '${address}', '${address}', 1 FROM n`,
    ).run()
    for (const subdomain of ['aa', 'bb', 'cc', 'dd'])
      await service.createUser(await service.createSite({ subdomain }), {
        ...verified,
        username: `jane-${subdomain}`,
      })
    expect((await forgot({ email: address })).length).toBe(6)
  })

  it('at the site’s own host reaches its users with the address, verified or not', async () => {
    const { service, site, forgot } = await open()
    await service.createUser(site, { email: address, username: 'jane-too' })
    const [mail, ...more] = await forgot({ email: address }, 'mysite.localhost')
    expect(more).toEqual([])
    expect(mail?.text).toContain('jane-too')
    expect(hostsIn(mail?.text)).toEqual(['mysite.localhost'])
    const [other] = await forgot({ email: address }, 'my-site.localhost')
    expect(hostsIn(other?.text)).toEqual(['my-site.localhost'])
  })
})

describe('A password reset by username', () => {
  it.each(['localhost', 'us-east-1.localhost'])(
    'at %s reaches that user’s own address, verified or not, and no other user of that address',
    async (host) => {
      const { forgot } = await open()
      for (const body of [{ username: 'jane.2' }, { username_or_email: 'JANE.2' }]) {
        const [mail, ...more] = await forgot(body, host)
        expect([mail?.to, more]).toEqual([address, []])
        expect(hostsIn(mail?.text)).toEqual(['my-site.localhost'])
        expect(mail?.text.match(/\/reset\?code=/g)).toHaveLength(1)
      }
    },
  )
})

describe('An email address asserted by a site’s own identity provider', () => {
  it.each([
    ['openid_connect', { provision_users: true }],
    ['okta', { provision_users: true, email_domains: '' }],
  ] as const)('(%s) is not verified by it', async (provider, strategy) => {
    const sso = await withProvider({ provider, strategy })
    const { service } = sso
    const victim = await service.createSite({ subdomain: 'victim' })
    await service.createUser(victim, { ...verified, username: 'jane-of-victim' })
    const { body: session } = await logInBySso(sso)
    const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
    const { user } = (await service.ask('GET', `${API}/site`, { headers })).body
    expect(user).toMatchObject({ email: address, authentication_method: 'sso' })
    const { status } = await sso.asAdmin('PATCH', `/users/${user.id}`, {
      authentication_method: 'password',
      change_password: 'a quiet lamp by the window',
      change_password_confirmation: 'a quiet lamp by the window',
    })
    expect(status).toBe(200)
    service.mails.splice(0)
    await service.ask('POST', `${API}/sessions/forgot`, { body: { email: address } })
    expect(service.mails.map(({ text }) => hostsIn(text))).toEqual([['victim.localhost']])
  })

  it.each([
    ['openid_connect', 'NULL', null],
    ['openid_connect', "'acme.example'", address],
    ['google', 'NULL', address],
  ] as const)(
    '(%s) loses its earlier verification unless the domain is the site’s: %s',
    async (provider, domain, expected) => {
      const sso = await withProvider({ provider, strategy: { provision_users: true } })
      const invited = { ...verified, username: 'joe', email: 'joe@acme.example' }
      const { id } = await sso.service.createUser(sso.site, invited)
      sso.service.clock.advance(1)
      await logInBySso(sso, { claims: { sub: 'joe-at-op', email: invited.email } })
      await logInBySso(sso)
      const db = env.DB_US_EAST_1
      await db.prepare('UPDATE users SET verified_email_key = email_key').run()
      await db.prepare(`UPDATE sites SET domain = ${domain}, domain_verified_at = 1`).run()
      const { queries = [] } =
        env.MIGRATIONS.region.find(({ name }) => name.includes('unverify_addresses')) ?? {}
      expect(queries).toHaveLength(1)
      for (const query of queries) await db.prepare(query).run()
      const { results } = await db
        .prepare("SELECT id, verified_email_key AS one FROM users WHERE username <> 'boss'")
        .all()
      expect(results.find((row) => row.id === id)?.one).toBe(invited.email)
      expect(results.find((row) => row.id !== id)?.one).toBe(expected)
    },
  )

  it('is verified when no tenant controls the directory', async () => {
    const sso = await withProvider({ provider: 'google', strategy: { provision_users: true } })
    await logInBySso(sso)
    const { results } = await env.DB_US_EAST_1.prepare(
      "SELECT verified_email_key FROM users WHERE username <> 'boss'",
    ).all()
    expect(results).toEqual([{ verified_email_key: address }])
  })
})
