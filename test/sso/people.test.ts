import { describe, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/storage/clock.ts'
import { CLIENT } from '../support/code-order.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { interposed } from '../support/interposed-database.ts'
import { API, SDK, Service } from '../support/service.ts'
import {
  begin,
  codeFor,
  finish,
  logInBySso,
  type Order,
  type Sso,
  withProvider,
} from '../support/single-sign-on.ts'
import { TestBrowser } from '../support/test-browser.ts'

const jane = { username: 'jane', email: 'jane@acme.example', emailIsVerified: true }

async function open(strategy: Record<string, unknown> = {}, user: object | null = jane) {
  const sso = await withProvider({ strategy })
  const made = user && (await sso.service.createUser(sso.site, { ...user }))
  return { sso, jane: made }
}

async function reasonOf(sso: Sso, order: Order = {}): Promise<string | number> {
  const { status, body } = await logInBySso(sso, order)
  return status === 201 ? 201 : (body.data?.reason ?? body.type)
}

async function who(sso: Sso, order: Order = {}) {
  const { body } = await logInBySso(sso, order)
  const headers = { ...SDK, 'X-FilesAPI-Auth': body.id }
  return (await sso.service.ask('GET', `${API}/site`, { headers, host: sso.host })).body.user
}

/** The claims that an issuer sends when a user has too many groups (OpenID Connect Core §5.6.2). */
const elsewhere = { groups: 'src1' }
const overage: Order = {
  claims: {
    _claim_names: elsewhere,
    _claim_sources: { src1: { endpoint: 'https://graph.example/getMemberObjects' } },
  },
}

/** The stored groups of the user. */
async function kept({ service }: Sso): Promise<string[]> {
  const { results } = await service.env.DB_US_EAST_1.prepare(
    'SELECT groups FROM sso_identities',
  ).all()
  return results.flatMap(({ groups }) => JSON.parse(String(groups)) as string[])
}

async function names(): Promise<unknown[]> {
  const all = await env.DB_US_EAST_1.prepare('SELECT username FROM users ORDER BY username').all()
  return all.results.map(({ username }) => username)
}

async function changes(): Promise<unknown[]> {
  const all = await env.DB_US_EAST_1.prepare(
    "SELECT event FROM credential_events WHERE event LIKE 'sso_strategy%'",
  ).all()
  return all.results.map(({ event }) => event)
}

async function outcomes({ service }: Sso): Promise<unknown[]> {
  const { results } = await service.env.DB_US_EAST_1.prepare(
    `SELECT outcome FROM ${EVERY_ATTEMPT} WHERE username <> 'boss'`,
  ).all()
  return results.map(({ outcome }) => outcome)
}

it('A login by single sign-on makes six storage round trips, and eight more to provision a user', async () => {
  const sso = await withProvider({ strategy: { provision_users: true } })
  const first = await logInBySso(sso)
  const next = await logInBySso(sso)
  expect([first.status, first.trips.length, next.status]).toEqual([201, 14, 201])
  expect(first.trips.filter((trip) => trip === 'd1-directory-primary').length).toBe(2)
  expect(next.trips).toEqual(Array(6).fill('d1-us-east-1-primary'))
})

describe('A login by single sign-on', () => {
  it('finds the user by issuer and subject, whatever email address the provider sends later', async () => {
    const { sso } = await open()
    expect(await reasonOf(sso)).toBe(201)
    const moved = { claims: { email: 'somebody@else.example', email_verified: false } }
    expect(await who(sso, moved)).toMatchObject({ username: 'jane' })
    const other = { claims: { sub: 'another-person', email: 'x@y.example' } }
    expect(await reasonOf(sso, other)).toBe('unknown')
    const forged = { claims: { nonce: 'another' } }
    expect(await reasonOf(sso, forged)).toBe('refused')
    expect((await outcomes(sso)).sort()).toEqual([
      ...['key_mismatch', 'none', 'none', 'username_not_found'],
    ])
  })

  it.each<[string, Order, Record<string, unknown>, object]>([
    [
      'an email address that the provider has not verified',
      { claims: { email_verified: false } },
      {},
      jane,
    ],
    ['an email_verified claim of another type', { claims: { email_verified: 'yes' } }, {}, jane],
    ['an email address that is not verified here', {}, {}, { ...jane, emailIsVerified: false }],
    ['a domain that the strategy does not own', {}, { email_domains: 'other.example' }, jane],
    ['a strategy without domains', {}, { email_domains: '' }, jane],
    ['a domain that only ends alike', { claims: { email: 'jane@evil-acme.example' } }, {}, jane],
  ])('links no user at first by %s', async (_, order, strategy, user) => {
    const { sso } = await open(strategy, user)
    expect(await reasonOf(sso, order)).toBe('unknown')
  })

  it.each([
    ['Bücher.example', 'jane@xn--bcher-kva.example', 'jane@bücher.example'],
    ['xn--bcher-kva.example', 'Jane@BÜCHER.example', 'jane@xn--bcher-kva.example'],
    [' other.example, bücher.example. ', 'jane@bu\u0308cher.example', 'JANE@Bücher.example'],
  ])(
    'finds a user by email in Unicode or Punycode spelling of the domain: %j',
    async (domain, told, kept) => {
      const { sso } = await open({ email_domains: domain }, { ...jane, email: kept })
      expect(await reasonOf(sso, { claims: { email: told } })).toBe(201)
      expect(await who(sso, { claims: { email: told } })).toMatchObject({ username: 'jane' })
    },
  )

  it.each([
    'jané@acme.example',
    'jane\u0131@acme.example',
    '<jane@acme.example>',
    'jane@acme.example,',
  ])('finds no user by an undeliverable email address: %s', async (email) => {
    const { sso } = await open()
    expect(await reasonOf(sso, { claims: { email } })).toBe('unknown')
  })

  it('links an invited user by strategy and email address', async () => {
    const { sso, jane: invited } = await open(
      { email_domains: '' },
      { ...jane, emailIsVerified: false, authenticationMethod: 'sso' },
    )
    expect(await reasonOf(sso)).toBe('unknown')
    await sso.service.changeUser(invited?.id ?? 0, `sso_strategy_id = ${sso.strategy.id}`)
    expect(await reasonOf(sso, { claims: { email: 'joe@acme.example' } })).toBe('unknown')
    expect(await reasonOf(sso, { claims: { email_verified: false } })).toBe('unknown')
    expect(await reasonOf(sso, { claims: { email_verified: null } })).toBe('unknown')
    expect(await reasonOf(sso)).toBe(201)
  })

  it.each<[string, Record<string, unknown>, object]>([
    ['by an invitation', { email_domains: '' }, { ...jane, emailIsVerified: false }],
    ['by a verified address', {}, jane],
  ])(
    'links nobody else to a user linked %s, whoever gets the email address later',
    async (_, strategy, user) => {
      const { sso, jane: made } = await open(strategy, user)
      await sso.service.changeUser(made?.id ?? 0, `sso_strategy_id = ${sso.strategy.id}`)
      expect(await reasonOf(sso)).toBe(201)
      const later = { sub: 'mallory', email: 'JANE@acme.example' }
      expect(await reasonOf(sso, { claims: later })).toBe('unknown')
      expect(await reasonOf(sso)).toBe(201)
    },
  )

  it('links one of several people who use an invitation at the same time', async () => {
    const { sso, jane: invited } = await open({ email_domains: '' })
    await sso.service.changeUser(invited?.id ?? 0, `sso_strategy_id = ${sso.strategy.id}`)
    const subjects = Array.from({ length: 8 }, (_, nth) => `person-${nth}`)
    const all = await Promise.all(subjects.map((sub) => logInBySso(sso, { claims: { sub } })))
    expect(all.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('finds no user when two share the email address', async () => {
    const { sso } = await open()
    await sso.service.createUser(sso.site, { ...jane, username: 'jane2' })
    expect(await reasonOf(sso)).toBe('unknown')
  })

  it('finds no user when two invited users share the email address', async () => {
    const { sso } = await open({ email_domains: '' }, null)
    for (const [nth, ssoStrategyId] of [sso.strategy.id, null, null, sso.strategy.id].entries())
      await sso.service.createUser(sso.site, { ...jane, username: `jane${nth}`, ssoStrategyId })
    expect(await reasonOf(sso)).toBe('unknown')
  })

  it.each([
    ['okta', { email_verified: null }, 201],
    ['okta', { email_verified: false }, 'unknown'],
    ['azure', { email_verified: null }, 201],
    ['azure', { email_verified: false }, 'unknown'],
    ['auth0', { email_verified: null }, 'unknown'],
    ['auth0', {}, 201],
    ['google', { email_verified: null }, 'unknown'],
    ['google', {}, 201],
  ] as const)(
    'links an invited user of %s with claims %o: %s',
    async (provider, claims, expected) => {
      const sso = await withProvider({ provider, strategy: { email_domains: '' } })
      await sso.service.createUser(sso.site, { ...jane, ssoStrategyId: sso.strategy.id })
      expect(await reasonOf(sso, { claims })).toBe(expected)
    },
  )

  it('never finds a user of another site', async () => {
    const sso = await withProvider()
    const other = await sso.service.createSite({ subdomain: 'other' })
    await sso.service.createUser(other, jane)
    expect(await reasonOf(sso)).toBe('unknown')
    const begun = await begin(sso)
    const { status } = await finish(
      sso,
      begun,
      codeFor(sso, begun),
      {},
      { host: 'other.localhost' },
    )
    expect(status).toBe(401)
  })

  it.each([
    ['disabled', 'disabled = 1', 'not-allowed'],
    ['without an authentication method', "authentication_method = 'none'", 'not-allowed'],
    ['for single sign-on only', "authentication_method = 'sso'", 201],
  ])('of a user who is %s: %s', async (_, set, expected) => {
    const { sso, jane: user } = await open()
    expect(await reasonOf(sso)).toBe(201)
    await sso.service.changeUser(user?.id ?? 0, set)
    expect(await reasonOf(sso)).toBe(expected)
  })

  it('is judged by the newest state at the primary, including a 2FA method added just now', async () => {
    const { sso, jane: user } = await open()
    expect(await reasonOf(sso)).toBe(201)
    const happens = (database: D1Database) =>
      database.prepare(`UPDATE users SET type_of_2fa = 'totp' WHERE id = ${user?.id}`).run()
    sso.service.env.DB_US_EAST_1 = interposed(env.DB_US_EAST_1, 'from "sso_identities"', happens)
    expect(await reasonOf(sso)).toBe('not-authenticated/two-factor-authentication-error')
  })

  it('leaves no password login to users of authentication_method sso', async () => {
    const { sso, jane: user } = await open()
    const byPassword = () =>
      sso.service.logIn({ username: 'jane', password: user?.password }, { host: sso.host })
    expect((await byPassword()).status).toBe(201)
    await sso.service.changeUser(user?.id ?? 0, "authentication_method = 'sso'")
    expect((await byPassword()).status).toBe(401)
  })

  it('works only in the site’s own region when the site is restricted to it', async () => {
    const { sso } = await open()
    await sso.service.env.DB_US_EAST_1.prepare('UPDATE sites SET opt_out_global = 1').run()
    const begun = await begin(sso)
    const elsewhere = { host: 'eu-central-1.localhost' }
    const { body } = await finish(sso, begun, codeFor(sso, begun), {}, elsewhere)
    expect(body.type).toBe('not-authenticated/lockout-region-mismatch')
    expect(body.data.host).toBe('us-east-1.localhost')
  })

  it('starts a session that logs out at once, in every form', async () => {
    const { sso } = await open()
    const { body } = await logInBySso(sso)
    const headers = { ...SDK, 'X-FilesAPI-Auth': body.id }
    const ask = (method: string, path: string) =>
      sso.service.ask(method, `${API}${path}`, { headers, host: sso.host })
    expect((await ask('DELETE', '/sessions')).status).toBe(204)
    expect((await ask('GET', '/site')).status).toBe(401)
  })
})

describe('A user whom an admin assigns another strategy', () => {
  async function withTwo() {
    const { sso, jane: user } = await open()
    const { body: two } = await sso.asAdmin('POST', '/sso_strategies', {
      provider: 'openid_connect',
      label: 'Two',
      issuer: `${sso.issuer}2`,
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      email_domains: 'acme.example',
    })
    const via = async (which: { label: string; issuer: string }, order: Order = {}) => {
      const begun = await begin(sso, { label: which.label })
      const { status, body } = await finish(sso, begun, codeFor({ ...sso, ...which }, begun, order))
      return status === 201 ? 201 : body.data?.reason
    }
    const [acme, other] = [{ label: 'Acme', issuer: sso.issuer }, two]
    const name = (more: object) => sso.asAdmin('PATCH', `/users/${user?.id}`, { ...more })
    return { via, acme, other, name, first: sso.strategy, second: two, jane: user }
  }

  it('logs in by that strategy only when they have no password', async () => {
    const { via, acme, other, name, first } = await withTwo()
    await name({ sso_strategy_id: first.id, authentication_method: 'sso' })
    expect([await via(other), await via(acme)]).toEqual(['not-allowed', 201])
    await name({ authentication_method: 'password' })
    expect(await via(other)).toBe(201)
  })

  it('is no longer linked to the accounts of the former strategy', async () => {
    const { via, acme, other, name, first, second } = await withTwo()
    await name({ sso_strategy_id: first.id })
    expect([await via(acme), await via(other)]).toEqual([201, 201])
    await name({ sso_strategy_id: second.id })
    const unknownAddress = { claims: { email: 'x@y.example' } }
    expect(await via(acme, unknownAddress)).toBe('unknown')
    expect(await via(other, unknownAddress)).toBe(201)
  })
})

describe('A user provisioned by a strategy', () => {
  const provisioning = { provision_users: true }
  const byGroup = { ...provisioning, email_domains: '', provision_group_required: 'all' }

  it.each([
    ['no provider that a tenant controls', 'openid_connect', 'NULL', 'jane'],
    ['a provider that no tenant controls', 'google', 'NULL', 'jane@acme.example'],
    [
      'the site’s own provider, within its verified domain',
      'okta',
      "'acme.example'",
      'jane@acme.example',
    ],
    ['the site’s own provider, within another domain', 'okta', "'other.example'", 'jane'],
  ] as const)(
    'is named after the email address as far as it is verified by %s',
    async (_, provider, domain, name) => {
      const sso = await withProvider({ provider, strategy: provisioning })
      await env.DB_US_EAST_1.prepare(
        `UPDATE sites SET domain = ${domain}, domain_verified_at = 1`,
      ).run()
      expect(await who(sso)).toMatchObject({ username: name, email: 'jane@acme.example' })
      await env.DB_US_EAST_1.prepare('UPDATE sites SET domain_verified_at = NULL').run()
      const joe = await who(sso, { claims: { sub: 'joe', email: 'joe@acme.example' } })
      expect(joe.username).toBe(provider === 'google' ? 'joe@acme.example' : 'joe')
    },
  )

  it('leaves the email address free as a username at other sites', async () => {
    const { sso } = await open(provisioning, null)
    await reasonOf(sso)
    const other = await sso.service.createSite({ subdomain: 'acme' })
    await sso.service.createUser(other, { ...jane, username: jane.email })
    expect(await names()).toContain(jane.email)
  })

  it('gets a free username, however many are taken', async () => {
    const { sso } = await open(byGroup, { username: 'jane' })
    const groups = ['all']
    for (const sub of ['a', 'b', 'c', 'd'])
      await who(sso, { claims: { sub, groups, email_verified: false } })
    expect(await names()).toEqual([
      ...['boss', 'jane', 'jane-mysite'],
      ...Array.from({ length: 3 }, () => expect.stringMatching(/^jane-mysite-[0-9a-f]{6}$/)),
    ])
  })

  it.each([
    ['\u0000site victim', null],
    ['Jane\r\nDoe', null],
    ['\ud800jane', null],
    ['x'.repeat(256), null],
    [null, 'jane\u0000@acme.example'],
    [null, 'jane@acme.example\u0007'],
    [null, 'jane,joe@acme.example'],
    [null, '@'],
    [null, '\ud800@acme.example'],
  ])('gets no malformed username or email address: %j, %j', async (name, email) => {
    const { sso } = await open(byGroup, null)
    const claims = { name, email, groups: ['all', '\u0000', 'b'] }
    const order = { claims, userinfo: { sub: 'jane-at-op' } }
    expect(await who(sso, order)).toMatchObject({ username: 'user', email: null })
    const kept = 'SELECT groups FROM sso_identities'
    expect(await env.DB_US_EAST_1.prepare(kept).first()).toEqual({ groups: '["all","b"]' })
  })

  it('is provisioned once', async () => {
    const { sso } = await open(provisioning, null)
    expect(await who(sso)).toMatchObject({ username: 'jane', site_admin: false })
    expect(await reasonOf(sso)).toBe(201)
    const count = 'SELECT count(*) AS n FROM users'
    expect(await sso.service.env.DB_US_EAST_1.prepare(count).first()).toEqual({ n: 2 })
    expect(await sso.asAdmin('GET', `/sso_strategies/${sso.strategy.id}`)).toMatchObject({
      body: { user_count: 1 },
    })
  })

  it.each<[string, Order, string | number]>([
    ['a verified email address in a domain of the strategy', {}, 201],
    ['an email address in another domain', { claims: { email: 'jane@other.example' } }, 'unknown'],
    ['an unverified email address', { claims: { email_verified: false } }, 'unknown'],
    ['no email address', { claims: { email: null }, userinfo: { sub: 'jane-at-op' } }, 'unknown'],
  ])('is provisioned from %s', async (_, order, expected) => {
    const { sso } = await open(provisioning, null)
    expect(await reasonOf(sso, order)).toBe(expected)
  })

  it('is provisioned from any account of the site’s own directory', async () => {
    const strategy = { ...provisioning, email_domains: '' }
    const sso = await withProvider({ provider: 'azure', strategy })
    expect(await reasonOf(sso)).toBe(201)
  })

  it('gets another username when the email address is unverified or the name is taken', async () => {
    const { sso } = await open(byGroup, { username: 'jane' })
    const unverified = { email: 'jane@gmail.example', email_verified: false, groups: ['all'] }
    expect(await who(sso, { claims: unverified })).toMatchObject({ username: 'jane-mysite' })
    const nameless = { sub: 'x', email: null, name: 'Dr. Who', groups: ['all'] }
    const order = { claims: nameless, userinfo: { sub: 'x' } }
    expect(await who(sso, order)).toMatchObject({ username: 'Dr. Who', email: null })
  })

  it('has no password and gets no reset mail', async () => {
    const { sso } = await open(provisioning, null)
    await reasonOf(sso)
    await sso.service.ask('POST', `${API}/sessions/forgot`, {
      body: { email: 'jane@acme.example' },
      host: sso.host,
    })
    await sso.service.runCron()
    expect(sso.service.mails).toEqual([])
  })

  it('is provisioned once by 10 simultaneous logins', async () => {
    const { sso } = await open(provisioning, null)
    const all = await Promise.all(Array.from({ length: 10 }, () => logInBySso(sso)))
    expect(all.some(({ status }) => status === 201)).toBe(true)
    expect(await reasonOf(sso)).toBe(201)
    const identities = 'SELECT count(*) AS n FROM sso_identities'
    expect(await sso.service.env.DB_US_EAST_1.prepare(identities).first()).toEqual({ n: 1 })
    expect(await names()).toEqual(['boss', 'jane'])
  })

  it.each<[string, string, object]>([
    ['IP address', "UPDATE sites SET allowed_ips = '10.0.0.1'", {}],
    ['region', 'UPDATE sites SET opt_out_global = 1', { host: 'eu-central-1.localhost' }],
  ])('is not provisioned from a denied %s', async (_, rule, ask) => {
    const { sso } = await open(provisioning, null)
    const db = sso.service.env.DB_US_EAST_1
    await db.prepare(rule).run()
    const begun = await begin(sso)
    expect((await finish(sso, begun, codeFor(sso, begun), {}, ask)).status).toBe(401)
    expect(await names()).toEqual(['boss'])
    expect((await outcomes(sso))[0]).toMatch(/ip_mismatch|region_mismatch/)
    await db.prepare("UPDATE sites SET allowed_ips = '', opt_out_global = 0").run()
    expect(await reasonOf(sso)).toBe(201)
    expect(await names()).toEqual(['boss', 'jane'])
  })

  it('is found by the next login when this one failed', async () => {
    const database = new FaultyDatabase(env.DB_US_EAST_1)
    const service = new Service({ DB_US_EAST_1: database.binding })
    const sso = await withProvider({ service, strategy: provisioning })
    const nameless = { claims: { email: null, name: 'Jane' }, userinfo: { sub: 'jane-at-op' } }
    await sso.asAdmin('PATCH', `/sso_strategies/${sso.strategy.id}`, byGroup)
    const order = { ...nameless, claims: { ...nameless.claims, groups: ['all'] } }
    const begun = await begin(sso)
    database.losesNextBatch = true
    expect((await finish(sso, begun, codeFor(sso, begun, order))).status).toBe(503)
    expect(await reasonOf(sso, order)).toBe(201)
    expect(await names()).toHaveLength(2)
  })

  it('is not provisioned again by a used confirmation', async () => {
    const { sso } = await open(provisioning, null)
    const browser = new TestBrowser(sso.service)
    const begun = await begin(sso)
    const back = new URL(begun.redirectUri)
    back.searchParams.set('state', begun.state)
    back.searchParams.set('code', codeFor(sso, begun))
    const { body } = await browser.open(back.href)
    const fields = hiddenFields(body, '/login/sso/confirm')
    const confirm = () => browser.send('http://mysite.localhost/login/sso/confirm', fields)
    expect((await confirm()).status).toBe(303)
    for (const row of [
      `sessions WHERE user_id <> ${sso.admin.id}`,
      "users WHERE username <> 'boss'",
    ])
      await env.DB_US_EAST_1.prepare(`DELETE FROM ${row}`).run()
    expect((await confirm()).headers.get('Set-Cookie') ?? '').not.toContain('__Host-latchkey=')
    expect(await names()).toEqual(['boss'])
    sso.service.clock.advance(2 * MINUTE)
    expect((await confirm()).status).toBe(401)
    expect(await names()).toEqual(['boss'])
  })

  it('must be in a required group at every login', async () => {
    const { sso } = await open(
      { ...provisioning, provision_group_required: 'staff, partners' },
      null,
    )
    expect(await reasonOf(sso, { claims: { groups: ['staff2'] } })).toBe('not-allowed')
    expect(await reasonOf(sso, { claims: { groups: ['x', 'partners'] } })).toBe(201)
    expect(await reasonOf(sso, { claims: { groups: [] } })).toBe('not-allowed')
    expect((await outcomes(sso)).sort()).toEqual(['group_required', 'group_required', 'none'])
  })

  it.each<[string, Order]>([
    ['a single group as a string', { claims: { groups: 'staff' } }],
    ['the last of 501', { groupsBefore: 500, claims: { groups: ['staff'] } }],
    ['the last of 5,000', { groupsBefore: 5_000, claims: { groups: ['staff'] } }],
    ['listed by userinfo only', { userinfo: { groups: ['staff'] } }],
    [
      'listed by userinfo since the token had no room',
      { ...overage, userinfo: { groups: 'staff' } },
    ],
    ['one of an incomplete list', { claims: { groups: ['staff', 7], _claim_names: elsewhere } }],
  ])('is found in a required group: %s', async (_, order) => {
    const { sso } = await open({ ...provisioning, provision_group_required: 'staff' }, null)
    expect(await reasonOf(sso, order)).toBe(201)
  })

  it.each<[string, Order]>([
    ['no claim', {}],
    ['null', { claims: { groups: null } }],
    ['a claim of another type', { claims: { groups: { staff: true } } }],
    ['too many for a token', overage],
    ['an incomplete list', { claims: { groups: ['x'], _claim_names: elsewhere } }],
    ['too many for a URL', { claims: { hasgroups: true } }],
    ['groups that are no strings', { claims: { groups: [{ id: 'staff' }] } }],
    ['userinfo refuses', { userinfo: 403 }],
  ])('is denied with a reason of its own when the groups are unknown: %s', async (_, order) => {
    const { sso } = await open({ ...provisioning, provision_group_required: 'staff' }, null)
    expect(await reasonOf(sso, order)).toBe('groups-not-told')
    expect(await outcomes(sso)).toEqual(['groups_not_told'])
  })

  it.each<[string, Order]>([
    ['no claim', {}],
    ['too many for a token', overage],
    ['an empty string', { claims: { groups: '' } }],
  ])(
    'keeps their permissions when the groups are unknown, with the reason in the history: %s',
    async (_, order) => {
      const rules = { provision_site_admin_groups: 'root' }
      const { sso } = await open({ ...provisioning, ...rules }, null)
      expect(await who(sso, { claims: { groups: 'root' } })).toMatchObject({ site_admin: true })
      expect(await kept(sso)).toEqual(['root'])
      expect(await who(sso, order)).toMatchObject({ site_admin: true })
      expect(await kept(sso)).toEqual(['root'])
      const { body: told } = await sso.asAdmin('GET', '/history/changes?event=sso_groups_not_told')
      expect(told).toMatchObject([{ actor: `strategy:${sso.strategy.id}`, changes: {} }])
      expect(await who(sso, { claims: { groups: [] } })).toMatchObject({ site_admin: false })
      expect(await kept(sso)).toEqual([])
      expect(await who(sso, order)).toMatchObject({ site_admin: false })
    },
  )

  it.each<[string, Order, boolean]>([
    ['by userinfo', { userinfo: { email: 'jane@acme.example', email_verified: true } }, true],
    ['by userinfo, as a string', { userinfo: { email_verified: 'true' } }, true],
    ['as a string', { claims: { email_verified: 'true' } }, true],
    ['false, as a string', { claims: { email_verified: 'false' } }, false],
    ['as a number', { claims: { email_verified: 1 } }, false],
    [
      'by userinfo, of another address',
      { userinfo: { email: 'x@acme.example', email_verified: true } },
      false,
    ],
    ['false, by userinfo', { userinfo: { email_verified: false } }, false],
    ['by nobody', {}, false],
  ])(
    'has an email address with its verification told %s',
    async (_, { claims, ...order }, isVerified) => {
      const { sso } = await open()
      const answer = { ...order, claims: { email_verified: null, ...claims } }
      expect(await reasonOf(sso, answer)).toBe(isVerified ? 201 : 'unknown')
    },
  )

  it('is refused when userinfo is about another subject', async () => {
    const { sso } = await open({ ...provisioning, provision_group_required: 'staff' }, null)
    const answer = { userinfo: { sub: 'joe-at-op', groups: ['staff'] } }
    expect(await reasonOf(sso, answer)).toBe('refused')
  })

  it('makes a login call userinfo only when a rule needs it', async () => {
    const { sso } = await open()
    const begun = await begin(sso)
    const network = vi.spyOn(globalThis, 'fetch')
    expect((await finish(sso, begun, codeFor(sso, begun))).status).toBe(201)
    expect(network.mock.calls.filter(([to]) => String(to).endsWith('/userinfo'))).toEqual([])
  })

  it('keeps the included groups that are not excluded, and the default groups', async () => {
    const rules = { provision_group_inclusion: 'eng-*,ops', provision_group_exclusion: '*-old' }
    const { sso } = await open(
      { ...provisioning, ...rules, provision_group_default: 'everyone' },
      null,
    )
    await reasonOf(sso, { claims: { groups: ['eng-web', 'eng-old', 'ops', 'sales'] } })
    expect(await kept(sso)).toEqual(['eng-web', 'ops', 'everyone'])
  })

  it('is a site admin while in an admin group, and stays one when they are the last admin', async () => {
    const { sso } = await open({ ...provisioning, provision_site_admin_groups: 'root' }, null)
    const asRoot = { claims: { groups: ['root'] } }
    expect(await who(sso, asRoot)).toMatchObject({ site_admin: true })
    const asNone = { claims: { groups: [] } }
    expect(await who(sso, asNone)).toMatchObject({ site_admin: false })
    expect(await who(sso, asRoot)).toMatchObject({ site_admin: true })
    await sso.service.changeUser(sso.admin.id, 'site_admin = 0')
    expect(await who(sso, asNone)).toMatchObject({ site_admin: true })
  })

  it('is the only kind that a group makes an admin: a linked user stays as they are', async () => {
    const { sso } = await open({ provision_site_admin_groups: 'root' })
    expect(await who(sso, { claims: { groups: ['root'] } })).toMatchObject({ site_admin: false })
  })
})

const off = { enabled: false }

describe('A strategy', () => {
  it.each([
    ['is deleted', 'DELETE', undefined],
    ['is disabled', 'PATCH', { enabled: false }],
  ])('that %s ends the sessions that it started, and no others', async (_, method, body) => {
    const { sso, jane: user } = await open()
    const bySso = (await logInBySso(sso)).body.id
    const { body: byPassword } = await sso.service.logIn(
      { username: 'jane', password: user?.password },
      { headers: SDK },
    )
    const statusOf = async (session: string) => {
      const headers = { ...SDK, 'X-FilesAPI-Auth': session }
      return (await sso.service.ask('GET', `${API}/site`, { headers })).status
    }
    expect([await statusOf(bySso), await statusOf(byPassword.id)]).toEqual([200, 200])
    await sso.asAdmin(method, `/sso_strategies/${sso.strategy.id}`, body)
    expect([await statusOf(bySso), await statusOf(byPassword.id)]).toEqual([401, 200])
  })

  it.each<[string, string, string, number[]]>([
    ['the first is disabled', 'PATCH', 'first', [401, 200]],
    ['the first is deleted', 'DELETE', 'first', [401, 200]],
    ['the second is disabled', 'PATCH', 'second', [200, 401]],
    ['the second is deleted', 'DELETE', 'second', [200, 401]],
  ])(
    'shares users, but no sessions, with another strategy of the same issuer: %s',
    async (...by) => {
      const [, method, which, expected] = by
      const { sso, jane: user } = await open()
      const { body: second } = await sso.asAdmin('POST', '/sso_strategies', {
        provider: 'openid_connect',
        label: 'Second',
        issuer: sso.issuer,
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
      })
      const via = async (label: string) => {
        const begun = await begin(sso, { label })
        return (await finish(sso, begun, codeFor(sso, begun))).body.id as string
      }
      const sessions = [await via('Acme'), await via('Second')]
      const { id } = which === 'first' ? sso.strategy : second
      await sso.asAdmin(method, `/sso_strategies/${id}`, method === 'PATCH' ? off : undefined)
      const statuses = sessions.map(async (session) => {
        const headers = { ...SDK, 'X-FilesAPI-Auth': session }
        return (await sso.service.ask('GET', `${API}/site`, { headers })).status
      })
      expect(await Promise.all(statuses)).toEqual(expected)
      await sso.service.changeUser(user?.id ?? 0, 'verified_email_key = NULL')
      expect(await via(which === 'first' ? 'Second' : 'Acme')).toMatch(/./)
    },
  )

  it.each([
    ['deleted', 'DELETE', undefined],
    ['disabled', 'PATCH', off],
  ])('cannot be %s while the last admin logs in by it', async (_, method, body) => {
    const { sso, jane: user } = await open({ email_domains: '' })
    const named = `sso_strategy_id = ${sso.strategy.id}, site_admin = 1`
    await sso.service.changeUser(user?.id ?? 0, `${named}, authentication_method = 'sso'`)
    const path = `/sso_strategies/${sso.strategy.id}`
    const { body: session } = await logInBySso(sso)
    const remove = () => sso.asAdmin(method, path, body, session.id)
    await sso.service.changeUser(sso.admin.id, 'disabled = 1')
    const refused = await remove()
    expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([422, ['base']])
    expect(await reasonOf(sso)).toBe(201)
    expect(await changes()).toEqual(['sso_strategy_created'])
    await sso.service.changeUser(sso.admin.id, 'disabled = 0')
    expect((await remove()).status).toBeLessThan(300)
    expect(await changes()).toHaveLength(2)
  })

  it('that is deleted during a login logs nobody in', async () => {
    const { sso } = await open()
    const begun = await begin(sso)
    await sso.asAdmin('DELETE', `/sso_strategies/${sso.strategy.id}`)
    const { status, body } = await finish(sso, begun, codeFor(sso, begun))
    expect([status, body.data.reason]).toEqual([401, 'refused'])
  })
})
