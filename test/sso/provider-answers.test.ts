import { describe, expect, it, vi } from 'vitest'
import { SECOND } from '../../src/storage/clock.ts'
import { CLIENT } from '../support/code-order.ts'
import { API } from '../support/service.ts'
import { shortRequests } from '../support/short-deadlines.ts'
import {
  begin,
  codeFor,
  finish,
  logInBySso,
  type Order,
  type Sso,
  withProvider,
} from '../support/single-sign-on.ts'

async function withJane(kind?: string, strategy?: Record<string, unknown>): Promise<Sso> {
  const sso = await withProvider({ ...(kind && { kind }), ...(strategy && { strategy }) })
  const jane = { username: 'jane', email: 'jane@acme.example', emailIsVerified: true }
  await sso.service.createUser(sso.site, jane)
  return sso
}

const REFUSED = [401, 'not-authenticated/invalid-oauth', 'refused']
const UNAVAILABLE = [503, 'service-unavailable/identity-provider-unavailable', undefined]

function told({
  status,
  body,
}: {
  status: number
  body: { type?: string; data?: { reason: string } }
}) {
  return [status, body.type, body.data?.reason]
}

describe('A login by single sign-on', () => {
  it('starts with state, nonce and PKCE, and returns the caller’s own state', async () => {
    const sso = await withJane()
    const begun = await begin(sso, { state: 'the caller’s own & more' })
    const { searchParams } = begun.url
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT.id,
      code_challenge_method: 'S256',
      scope: 'openid email profile groups',
      redirect_uri: `http://mysite.localhost/login_from_oauth/${sso.strategy.id}`,
    })
    expect([begun.nonce.length, begun.challenge.length]).toEqual([43, 43])
    expect(begun.state.length).toBeLessThan(500)
    expect(begun.url.href).not.toContain('caller')
    const { status, body } = await finish(sso, begun, codeFor(sso, begun))
    expect([status, body.oauth_state]).toEqual([201, 'the caller’s own & more'])
  })

  it.each<[string, Order]>([
    ['with a wrong nonce', { claims: { nonce: 'another' } }],
    ['for another authorized party', { claims: { azp: 'x' } }],
    ['without a nonce', { claims: { nonce: null } }],
    ['of another issuer', { claims: { iss: 'https://accounts.google.com' } }],
    ['for another client', { claims: { aud: 'somebody-else' } }],
    [
      'for several audiences and another authorized party',
      { claims: { aud: [CLIENT.id, 'x'], azp: 'x' } },
    ],
    ['that has expired', { claims: { exp: 1_700_000_000 } }],
    ['issued in the future', { claims: { iat: 1_900_000_000, exp: 1_900_000_300 } }],
    ['that never expires', { claims: { exp: null } }],
    ['without a subject', { claims: { sub: null } }],
    ['with a subject that is too long', { claims: { sub: 'x'.repeat(256) } }],
    ['with a subject of control characters', { claims: { sub: 'jane\u0000' } }],
    ['signed with an unknown key', { key: 'unknown' }],
    ['signed with the client secret', { alg: 'HS256' }],
    ['that is not signed', { alg: 'none' }],
    ['for a code of another login', { challenge: 'x'.repeat(43) }],
    ['for another redirect URI', { redirectUri: 'https://evil.example/' }],
  ])('rejects an ID token %s', async (_, order) => {
    const sso = await withJane()
    expect(told(await logInBySso(sso, order))).toEqual(REFUSED)
    expect(told(await logInBySso(sso))).toEqual([201, undefined, undefined])
  })

  it('accepts an ID token that is seconds old, in another algorithm that the provider supports', async () => {
    const sso = await withJane()
    const now = Math.floor(sso.service.clock() / 1_000)
    const late = { iat: now - 330, exp: now - 30 }
    expect(told(await logInBySso(sso, { claims: late, alg: 'ES256' }))[0]).toBe(201)
  })

  it.each<[string, Order]>([
    ['is down', { status: 503 }],
    ['is over its rate limit', { status: 429 }],
    ['redirects', { redirects: true }],
    ['answers without end', { endless: true }],
    ['never answers', { silent: true }],
  ])('returns 503 when the provider %s, and can be retried', async (_, order) => {
    const sso = await withJane()
    const begun = await begin(sso)
    const deadlines = order.silent ? shortRequests(5 * SECOND) : null
    const reply = await finish(sso, begun, codeFor(sso, begun, order))
    expect(deadlines?.times()).not.toBe(0)
    deadlines?.over()
    expect(told(reply)).toEqual(UNAVAILABLE)
    expect(reply.headers.get('Retry-After')).toBe('10')
    expect((await finish(sso, begun, codeFor(sso, begun))).status).toBe(201)
  })

  it.each([
    ['dead', UNAVAILABLE],
    ['silent', UNAVAILABLE],
    ['impostor', REFUSED],
    ['inside', REFUSED],
    ['scripted', REFUSED],
    ['script-at-home', REFUSED],
    ['odd-authorize', REFUSED],
    ['signs-by-secret', REFUSED],
    ['signs-by-none', REFUSED],
  ])('does not start when the provider’s metadata is %s', async (kind, answer) => {
    const { service, host } = await withJane(kind)
    const body = { provider: 'openid_connect' }
    if (kind === 'silent') shortRequests(5 * SECOND)
    expect(told(await service.ask('POST', `${API}/sessions/oauth`, { body, host }))).toEqual(answer)
  })

  it('ignores optional provider metadata of the wrong type', async () => {
    expect(told(await logInBySso(await withJane('odd-scopes')))[0]).toBe(201)
  })

  it('ignores an end_session_endpoint that is not a URL', async () => {
    const { service, host, strategy } = await withJane('odd-end')
    const headers = { Accept: 'text/html' }
    const out = await service.ask('GET', `/logged_out?strategy=${strategy.id}`, { host, headers })
    expect([out.status, out.headers.get('Location')]).toEqual([303, '/login'])
  })

  it('does not wait again at once for a provider that did not answer', async () => {
    const { service, host } = await withJane('dead')
    const ask = vi.spyOn(globalThis, 'fetch')
    const tries = async () => {
      const body = { provider: 'openid_connect' }
      expect(told(await service.ask('POST', `${API}/sessions/oauth`, { body, host }))).toEqual(
        UNAVAILABLE,
      )
      return ask.mock.calls.length
    }
    expect([await tries(), await tries()]).toEqual([1, 1])
    service.clock.advance(5_000)
    expect(await tries()).toBe(2)
  })

  it('makes no request to an internal address, whatever the provider’s metadata says', async () => {
    const sso = await withJane('inside-userinfo')
    expect(told(await logInBySso(sso))[0]).toBe(201)
    expect(told(await logInBySso(sso, { claims: { email: null } }))).toEqual(REFUSED)
  })

  it.each([
    ['usual', ['body']],
    ['by-post', ['body']],
    // The provider lists both, and this client can use one.
    ['either-basic', ['body', 'header']],
    ['by-basic', ['header']],
    ['by-undecoded-basic', ['header', 'header']],
    ['unnamed-basic', ['header']],
    ['unnamed-post', ['header', 'body']],
  ])('authenticates the client to a provider that is %s: by %j', async (kind, ways) => {
    const sso = await withJane(kind)
    const begun = await begin(sso)
    const network = vi.spyOn(globalThis, 'fetch')
    expect(told(await finish(sso, begun, codeFor(sso, begun)))[0]).toBe(201)
    const asked = network.mock.calls.flatMap(([to, init]) =>
      String(to).endsWith('/token') ? [new Headers(init?.headers).has('Authorization')] : [],
    )
    expect(asked.map((byHeader) => (byHeader ? 'header' : 'body'))).toEqual(ways)
  })

  it.each(['by-basic', 'by-undecoded-basic', 'unnamed-post', 'either-basic'])(
    'sends a refused client at most twice to a provider that is %s',
    async (kind) => {
      const sso = await withJane(kind)
      await sso.asAdmin('PATCH', `/sso_strategies/${sso.strategy.id}`, { client_secret: 'ü wrong' })
      const begun = await begin(sso)
      const network = vi.spyOn(globalThis, 'fetch')
      expect(told(await finish(sso, begun, codeFor(sso, begun)))).toEqual(REFUSED)
      expect(network.mock.calls.filter(([to]) => String(to).endsWith('/token')).length).toBe(2)
    },
  )

  it.each(['twice', 'one-kid', 'odd-jwks'])(
    'finds the key of a provider that is %s',
    async (kind) => {
      const sso = await withJane(kind)
      expect(told(await logInBySso(sso))[0]).toBe(201)
      expect(told(await logInBySso(sso, { unnamedKey: true }))[0]).toBe(201)
      expect(told(await logInBySso(sso, { alg: 'ES256' }))[0]).toBe(201)
      expect(told(await logInBySso(sso, { key: 'unknown', unnamedKey: true }))).toEqual(REFUSED)
    },
  )

  it.each<[string, Order]>([
    ['has null for a refresh token', { reply: { refresh_token: null } }],
    ['has no token_type', { without: ['token_type'] }],
    ['has null for token_type', { reply: { token_type: null } }],
    ['has unused members of another type', { reply: { scope: ['a'], expires_in: '' } }],
    ['has auth_time as a string', { claims: { auth_time: '1700000000' } }],
    ['has no auth_time', { claims: { auth_time: null } }],
  ])('accepts a token response that %s', async (_, order) => {
    expect(told(await logInBySso(await withJane(), order))[0]).toBe(201)
  })

  it.each<[string, Order]>([
    ['with another token_type', { reply: { token_type: 'mac' } }],
    ['without an access token', { reply: { access_token: null } }],
    ['without an ID token', { without: ['id_token'] }],
    ['with an ID token that is not a string', { reply: { id_token: { a: 1 } } }],
  ])('rejects a token response %s', async (_, order) => {
    expect(told(await logInBySso(await withJane(), order))).toEqual(REFUSED)
  })

  it('fetches new keys and forgets old ones', async () => {
    const sso = await withJane()
    const rotate = async (kid: number) =>
      (await fetch(`${sso.issuer}/rotate?kid=${kid}`)).json() as Promise<{ keyRequests: number }>
    expect(told(await logInBySso(sso))[0]).toBe(201)
    await rotate(1)
    expect(told(await logInBySso(sso, { key: 1 }))).toEqual(REFUSED)
    sso.service.clock.advance(31_000)
    expect(told(await logInBySso(sso, { key: 1 }))[0]).toBe(201)
    expect(told(await logInBySso(sso, { key: 0 }))).toEqual(REFUSED)
    expect((await rotate(1)).keyRequests).toBe(2)
  })

  it('works once, within 10 minutes', async () => {
    const sso = await withJane()
    const begun = await begin(sso)
    const code = codeFor(sso, begun)
    expect((await finish(sso, begun, code)).status).toBe(201)
    expect(told(await finish(sso, begun, code))[2]).toBe('used')
    const slow = await begin(sso)
    sso.service.clock.advance(600_000)
    expect(told(await finish(sso, slow, codeFor(sso, slow)))[2]).toBe('expired')
    expect(told(await finish(sso, { ...slow, state: 'x' }, 'x'))[2]).toBe('expired')
  })

  it('starts one session when 20 requests race with one state', async () => {
    const sso = await withJane()
    const begun = await begin(sso)
    const codes = Array.from({ length: 20 }, () => codeFor(sso, begun))
    const all = await Promise.all(codes.map((code) => finish(sso, begun, code)))
    expect(all.filter(({ status }) => status === 201).length).toBe(1)
    expect(new Set(all.filter(({ status }) => status !== 201).map((one) => told(one)[2]))).toEqual(
      new Set(['used']),
    )
  })

  it('allows five one-time codes', async () => {
    const sso = await withJane()
    const begun = await begin(sso)
    const wrong = codeFor(sso, begun, { claims: { nonce: 'another' } })
    for (let tries = 0; tries < 5; tries++)
      expect(told(await finish(sso, begun, wrong))[2]).toBe('refused')
    expect(told(await finish(sso, begun, codeFor(sso, begun)))[2]).toBe('used')
  })

  it('finishes only with the provider that it started with', async () => {
    const sso = await withJane()
    const begun = await begin(sso)
    const other = { oauth_provider: 'okta' }
    expect(told(await finish(sso, begun, codeFor(sso, begun), other))).toEqual(REFUSED)
    const elsewhere = { oauth_iss: 'https://accounts.google.com' }
    expect(told(await finish(sso, begun, codeFor(sso, begun), elsewhere))).toEqual(REFUSED)
    const here = { oauth_iss: sso.issuer }
    expect((await finish(sso, begun, codeFor(sso, begun), here)).status).toBe(201)
  })

  it('requires a provider of the site, by name and, of several, by label', async () => {
    const { service, host, asAdmin, issuer } = await withJane()
    const ask = async (body: object, at = host) =>
      told(await service.ask('POST', `${API}/sessions/oauth`, { body: { ...body }, host: at }))[1]
    for (const provider of ['okta', 'ubuntu', 'saml', 'nobody', 'constructor'])
      expect(await ask({ provider })).toBe('bad-request/invalid-oauth-provider')
    expect(await ask({})).toBe('bad-request/request-params-required')
    const provider = 'openid_connect'
    expect(await ask({ provider, state: 'x'.repeat(513) })).toMatch(/params-invalid/)
    expect(await ask({ provider }, 'localhost')).toBe('bad-request/request-params-required')
    expect(await ask({ provider, host }, 'localhost')).toBeUndefined()
    expect(await ask({ provider, host: 'other.localhost' }, 'localhost')).toMatch(/no-account/)
    const second = { provider, label: 'Two', issuer, client_id: 'x', client_secret: 'y' }
    const { body: made } = await asAdmin('POST', '/sso_strategies', second)
    expect(await ask({ provider })).toBe('bad-request/request-params-required')
    expect(await ask({ provider, label: 'Two' })).toBeUndefined()
    expect(await ask({ provider, label: 'Three' })).toBe('bad-request/invalid-oauth-provider')
    await asAdmin('PATCH', `/sso_strategies/${made.id}`, { enabled: false })
    expect(await ask({ provider, label: 'Two' })).toBe('bad-request/invalid-oauth-provider')
  })

  it('requires state, code and provider from the provider’s answer', async () => {
    const { service, host } = await withJane()
    const sent = { oauth_provider: 'x', oauth_code: 'x', oauth_state: 'x' }
    for (const name of Object.keys(sent)) {
      const { body } = await service.logIn({ ...sent, [name]: undefined }, { host })
      expect(body).toMatchObject({ type: 'bad-request/request-params-required' })
      expect(body.error).toContain(name)
    }
  })
})
