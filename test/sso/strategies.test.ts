import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

const NEEDS = 'not-authorized/reauthentication-needed-action'
const okta = { provider: 'okta', subdomain: 'acme', client_id: 'id', client_secret: 'top-secret' }

const google = { provider: 'google', subdomain: undefined }
const auth0 = { provider: 'auth0', provision_group_required: '' }
const box = { provider: 'box', subdomain: undefined, email_domains: 'acme.example' }
const users = { provision_users: true }

async function open(user = { siteAdmin: true }) {
  const service = new Service()
  const site = await service.createSite()
  const admin = await service.createUser(site, user)
  const askAs =
    (session: string) =>
    (method: string, path: string, body?: object, more = {}) =>
      service.ask(method, `${API}${path}`, {
        headers: { ...SDK, 'X-FilesAPI-Auth': session, ...more },
        ...(body && { body: { ...body } }),
      })
  const { body: session } = await service.logIn(admin, { headers: SDK })
  return { service, site, admin, askAs, ask: askAs(session.id) }
}

describe('An SSO strategy', () => {
  it.each(['Okta\u202e', '\u2067Okta'])(
    'refuses a label with bidirectional control characters: %j',
    async (label) => {
      const { ask } = await open()
      const { status, body } = await ask('POST', '/sso_strategies', { ...okta, label })
      expect([status, body.error]).toEqual([400, 'Request parameter invalid: label'])
    },
  )

  it.each([
    ['bücher.example', 'xn--bcher-kva.example'],
    ['Example.com., BU\u0308CHER.example', 'example.com,xn--bcher-kva.example'],
    ['例え。テスト acme.example', 'xn--r8jz45g.xn--zckzah,acme.example'],
  ])('stores domains in normalized form: %s', async (sent, kept) => {
    const { ask } = await open()
    const { body } = await ask('POST', '/sso_strategies', { ...okta, email_domains: sent })
    expect(body.email_domains).toBe(kept)
    const changed = await ask('PATCH', `/sso_strategies/${body.id}`, { email_domains: sent })
    expect(changed.body.email_domains).toBe(kept)
  })

  it('is created, found, listed, changed and deleted by an admin, and never shows its secret', async () => {
    const { ask, admin } = await open()
    const { status, body: made } = await ask('POST', '/sso_strategies', okta)
    expect([status, made]).toEqual([
      201,
      {
        id: made.id,
        provider: 'okta',
        label: 'Okta',
        protocol: 'openid_connect',
        enabled: true,
        subdomain: 'acme',
        issuer: 'https://acme.okta.com',
        client_id: 'id',
        email_domains: '',
        provision_users: false,
        provision_group_required: '',
        provision_group_inclusion: '',
        provision_group_exclusion: '',
        provision_group_default: '',
        provision_site_admin_groups: '',
        provision_require_2fa: 'use_system_setting',
        user_count: 0,
        redirect_uri: `http://mysite.localhost/login_from_oauth/${made.id}`,
        redirect_host: 'mysite.localhost',
        redirect_status: 'unconfirmed',
        tested_redirect_host: null,
        backchannel_logout_uri: `http://localhost/sso/${made.id}/backchannel_logout`,
      },
    ])
    const path = `/sso_strategies/${made.id}`
    const changes = {
      label: 'Staff',
      enabled: false,
      email_domains: 'Example.com, example.org,',
      provision_users: true,
      provision_group_required: 'staff,it',
    }
    const { body: changed } = await ask('PATCH', path, changes)
    const now = { ...made, ...changes, email_domains: 'example.com,example.org' }
    expect(changed).toEqual(now)
    expect((await ask('GET', path)).body).toEqual(now)
    expect((await ask('GET', '/sso_strategies')).body).toEqual([now])
    const rows = async (table: string) =>
      (await env.DB_US_EAST_1.prepare(`SELECT * FROM ${table}`).all()).results
    expect(JSON.stringify(await rows('sso_strategies'))).not.toContain('top-secret')
    expect((await ask('DELETE', path)).status).toBe(204)
    expect((await ask('DELETE', path)).status).toBe(404)
    expect((await ask('GET', '/sso_strategies')).body).toEqual([])
    const trail = (await rows('credential_events')).map(({ event, actor }) => [event, actor])
    expect(trail.toSorted()).toEqual(
      ['changed', 'created', 'deleted'].map((done) => [`sso_strategy_${done}`, `user:${admin.id}`]),
    )
  })

  it.each([
    [okta, { subdomain: 'other' }],
    [
      {
        ...okta,
        provider: 'openid_connect',
        subdomain: undefined,
        issuer: 'https://id.example.com',
      },
      { issuer: 'https://id.example.org' },
    ],
  ])('sends its secret to no other host: %o needs a new one for %o', async (sent, change) => {
    const { ask } = await open()
    const { body: made } = await ask('POST', '/sso_strategies', sent)
    const path = `/sso_strategies/${made.id}`
    const refused = await ask('PATCH', path, change)
    expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([
      422,
      ['client_secret'],
    ])
    expect((await ask('GET', path)).body.issuer).toBe(made.issuer)
    expect((await ask('PATCH', path, { ...sent, label: 'x' })).status).toBe(200)
    const both = await ask('PATCH', path, { ...change, client_secret: 'another' })
    expect([both.status, both.body.issuer === made.issuer]).toEqual([200, false])
  })

  it('is distinguished from others of its provider by the label, and listed page by page', async () => {
    const { ask } = await open()
    const labels = ['one', 'two', 'three']
    for (const label of labels) await ask('POST', '/sso_strategies', { ...okta, label })
    const taken = await ask('POST', '/sso_strategies', { ...okta, label: 'two' })
    expect([taken.status, Object.keys(taken.body.model_errors)]).toEqual([422, ['label']])
    const first = await ask('GET', '/sso_strategies?per_page=2')
    const cursor = first.headers.get('X-Files-Cursor')
    const { body: rest } = await ask('GET', `/sso_strategies?per_page=2&cursor=${cursor}`)
    const listed = [...first.body, ...rest]
    expect(listed.map(({ label }) => label).toSorted()).toEqual(labels.toSorted())
    const one = listed.find(({ label }) => label === 'one')
    const path = `/sso_strategies/${one.id}`
    expect((await ask('PATCH', path, { label: 'two' })).status).toBe(422)
    expect((await ask('PATCH', path, { label: 'one', enabled: false })).status).toBe(200)
  })

  it.each([
    ['google', {}, 'https://accounts.google.com'],
    ['auth0', { subdomain: 'Acme.eu' }, 'https://acme.eu.auth0.com/'],
    ['onelogin', { subdomain: 'acme' }, 'https://acme.onelogin.com/oidc/2'],
    [
      'azure',
      { subdomain: '7f6c2f2e-6a52-4f3a-9c3c-2f6f3a1f9d11' },
      'https://login.microsoftonline.com/7f6c2f2e-6a52-4f3a-9c3c-2f6f3a1f9d11/v2.0',
    ],
    ['openid_connect', { issuer: 'https://id.example.com/a' }, 'https://id.example.com/a'],
    ['atlassian', {}, null],
    ['box', {}, null],
    ['dropbox', {}, null],
    ['slack', {}, null],
  ])('of provider %s has the provider’s issuer', async (provider, named, issuer) => {
    const { ask } = await open()
    const sent = { provider, client_id: 'id', client_secret: 'secret', ...named }
    const { status, body } = await ask('POST', '/sso_strategies', sent)
    expect([status, body.issuer]).toEqual([201, issuer])
    expect(body.protocol).toBe(issuer === null ? 'oauth2' : 'openid_connect')
  })

  it.each([
    ['ubuntu', 'provider', 'OpenID 2.0'],
    ['saml', 'provider', 'SAML'],
  ])('of provider %s is refused with the reason', async (provider, field, reason) => {
    const { ask } = await open()
    const { status, body } = await ask('POST', '/sso_strategies', { ...okta, provider })
    expect([status, Object.keys(body.model_errors)]).toEqual([422, [field]])
    expect(body.error).toContain(reason)
  })

  it.each(['myspace', '__proto__', 'constructor'])(
    'of unknown provider %s is refused',
    async (provider) => {
      const { ask } = await open()
      const { status, body } = await ask('POST', '/sso_strategies', { ...okta, provider })
      expect([status, body.type]).toEqual([400, 'bad-request/invalid-oauth-provider'])
    },
  )

  it.each([
    ['a subdomain that is a host', { subdomain: 'evil.example/x' }, 'subdomain'],
    ['no subdomain', { subdomain: undefined }, 'subdomain'],
    ['an issuer that is not the provider’s', { issuer: 'https://id.example.com' }, 'issuer'],
    [
      'the directory of personal accounts',
      { provider: 'azure', subdomain: '9188040d-6c67-4c5b-b112-36a304b66dad' },
      'subdomain',
    ],
    ['an invalid domain', { email_domains: 'example' }, 'email_domains'],
    ['provisioning for everybody', { ...google, provision_users: true }, 'provision_users'],
    ['provisioning for any group', { ...auth0, ...users, email_domains: '' }, 'provision_users'],
    ['provisioning without email addresses', { ...box, ...users }, 'provision_users'],
    ['a subdomain for a provider that has none', { provider: 'google' }, 'subdomain'],
  ])('is refused with %s', async (_, change, field) => {
    const { ask } = await open()
    const { status, body } = await ask('POST', '/sso_strategies', { ...okta, ...change })
    expect([status, Object.keys(body.model_errors)]).toEqual([422, [field]])
  })

  it('is created and visible by site admins only, with recent authentication', async () => {
    const { service, site, askAs, ask } = await open()
    const { body: made } = await ask('POST', '/sso_strategies', okta)
    const path = `/sso_strategies/${made.id}`
    const elsewhere = await service.createSite({ subdomain: 'other' })
    const stranger = await service.createUser(elsewhere, { username: 'stranger', siteAdmin: true })
    const { body: strange } = await service.logIn(stranger, { headers: SDK })
    for (const [method, body] of [['GET'], ['PATCH', { label: 'x' }], ['DELETE']] as const)
      expect((await askAs(strange.id)(method, path, body)).status).toBe(404)
    expect((await askAs(strange.id)('GET', '/sso_strategies')).body).toEqual([])
    const user = await service.createUser(site, { username: 'user' })
    const { body: own } = await service.logIn(user, { headers: SDK })
    const refused = await askAs(own.id)('POST', '/sso_strategies', okta)
    expect(refused.body.type).toBe('not-authorized/site-admin-required')
    service.clock.advance(11 * 60_000)
    expect((await ask('PATCH', path, { label: 'x' })).body.type).toBe(NEEDS)
  })
})
