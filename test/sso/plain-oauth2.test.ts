import { beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { CLIENT } from '../support/code-order.ts'
import { API, SDK } from '../support/service.ts'
import { readRequest, type Sso, withProvider } from '../support/single-sign-on.ts'

const network = globalThis.fetch

/** Routes their URLs to a server that replies as they do, and leaves the rest of the network as it is. */
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation((to, init) => {
    const url = new URL(to instanceof Request ? to.url : to)
    const isTheirs = /(^|\.)(box|dropboxapi|slack|atlassian)\.com$/.test(url.host)
    const server = `${inject('outsideWorld')}/oauth2/${url.host}${url.pathname}`
    return network(isTheirs ? server : to, init)
  })
})

async function withStrategy(provider: string, more: Record<string, unknown> = {}): Promise<Sso> {
  const sso = await withProvider()
  const { body } = await sso.asAdmin('POST', '/sso_strategies', {
    provider,
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    email_domains: 'acme.example',
    ...more,
  })
  return { ...sso, strategy: body }
}

async function logIn({ service, host }: Sso, provider: string, code?: string) {
  const { body } = await service.ask('POST', `${API}/sessions/oauth`, { body: { provider }, host })
  const { state, challenge, url } = readRequest(body.redirect_uri)
  const sent = { oauth_provider: provider, oauth_state: state, oauth_code: code ?? challenge }
  return { url, ...(await service.logIn(sent, { host, headers: SDK })) }
}

const jane = { username: 'jane', email: 'jane@acme.example' }
const makesUsers = { provision_users: true }

const subjects: Record<string, string> = {
  box: '11446498',
  dropbox: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
  slack: 'T0G9PQBBK U0G9QF9C6',
  atlassian: '112233aa-bb11-cc22-33dd-445566abcabc',
}

/** A user who was linked to this person while that was still sufficient. */
async function linkedBefore({ service, site, strategy }: Sso, issuer: string, provider: string) {
  const { id } = await service.createUser(site, jane)
  await service.env.DB_US_EAST_1.prepare(
    `INSERT INTO sso_identities (site_id, strategy_id, user_id, issuer, subject, created_at,
      last_used_at) VALUES (?, ?, ?, ?, ?, 0, 0)`,
  )
    .bind(site.id, strategy.id, id, issuer, subjects[provider])
    .run()
}

describe('A plain OAuth 2.0 provider', () => {
  it.each([
    ['box', 'https://account.box.com/api/oauth2/authorize', {}],
    ['dropbox', 'https://www.dropbox.com/oauth2/authorize', { scope: 'account_info.read' }],
    [
      'slack',
      'https://slack.com/oauth/v2/authorize',
      { user_scope: 'identity.basic,identity.email' },
    ],
    [
      'atlassian',
      'https://auth.atlassian.com/authorize',
      { scope: 'read:me', audience: 'api.atlassian.com', prompt: 'consent' },
    ],
  ])('such as %s logs in the user that it identifies', async (provider, address, asked) => {
    const sso = await withStrategy(provider)
    const vouches = provider === 'dropbox' || provider === 'atlassian'
    if (vouches) await sso.asAdmin('PATCH', `/sso_strategies/${sso.strategy.id}`, makesUsers)
    else await linkedBefore(sso, new URL(address).origin, provider)
    const { status, body, url } = await logIn(sso, provider)
    expect(url.origin + url.pathname).toBe(address)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT.id,
      response_type: 'code',
      code_challenge_method: 'S256',
      ...asked,
      redirect_uri: `http://mysite.localhost/login_from_oauth/${sso.strategy.id}`,
    })
    expect(url.searchParams.has('nonce')).toBe(false)
    expect([status, body.type]).toEqual([201, undefined])
    expect((await logIn(sso, provider)).status).toBe(201)
    const { results } = await sso.service.env.DB_US_EAST_1.prepare(
      'SELECT issuer, subject, email FROM sso_identities',
    ).all()
    expect(results).toEqual([
      {
        issuer: new URL(address).origin,
        subject: subjects[provider],
        email: 'jane@acme.example',
      },
    ])
  })

  it.each([
    ['dropbox', 201],
    ['atlassian', 201],
    // Neither says whether an email address is verified.
    ['box', 401],
    ['slack', 401],
  ])('such as %s links a user by a verified email address only: %i', async (provider, status) => {
    const sso = await withStrategy(provider)
    await sso.service.createUser(sso.site, { ...jane, emailIsVerified: true })
    expect((await logIn(sso, provider)).status).toBe(status)
  })

  it.each([
    ['dropbox', { email_domains: 'corp.example' }, 401],
    ['atlassian', { email_domains: 'corp.example' }, 401],
    ['dropbox', {}, 201],
    ['atlassian', {}, 201],
  ])(
    'such as %s, with %o, provisions users of its domains only: %i',
    async (provider, more, status) => {
      const sso = await withStrategy(provider, { ...makesUsers, ...more })
      expect((await logIn(sso, provider)).status).toBe(status)
    },
  )

  it.each(['box', 'dropbox', 'slack', 'atlassian'])(
    'such as %s can refuse a code',
    async (provider) => {
      const sso = await withStrategy(provider)
      const { status, body } = await logIn(sso, provider, 'another code')
      expect([status, body.data.reason]).toEqual([401, 'refused'])
    },
  )

  it.each(['box', 'dropbox', 'slack', 'atlassian'])(
    'such as %s can be tested',
    async (provider) => {
      const { asAdmin, strategy } = await withStrategy(provider)
      const path = `/sso_strategies/${strategy.id}`
      expect((await asAdmin('POST', `${path}/test`)).body.outcome).toBe('works')
      await asAdmin('PATCH', path, { client_secret: 'wrong' })
      expect((await asAdmin('POST', `${path}/test`)).body.outcome).toBe('client-refused')
    },
  )
})
