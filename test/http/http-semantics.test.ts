import { describe, expect, it } from 'vitest'
import { messagesFor } from '../../src/messages/messages.ts'
import { API, Service } from '../support/service.ts'

describe('The HTTP layer', () => {
  it('answers HEAD like GET, without a body', async () => {
    const service = new Service()
    const { status, body, headers } = await service.ask('HEAD', '/.well-known/jwks.json')
    expect([status, body]).toEqual([200, undefined])
    expect(headers.get('ETag')).toBeTruthy()
  })

  it('answers OPTIONS with the methods of the path', async () => {
    const service = new Service()
    const allowOf = async (path: string) =>
      (await service.ask('OPTIONS', path)).headers.get('Allow')
    expect(await allowOf(`${API}/sessions`)).toBe('DELETE, GET, HEAD, OPTIONS, POST')
    expect(await allowOf(`${API}/site`)).toBe('GET, HEAD, OPTIONS, PATCH')
  })

  it('refuses other methods with 405 and lists the allowed ones', async () => {
    const { status, body, headers } = await new Service().ask('PUT', `${API}/sessions`)
    expect([status, body.type]).toEqual([405, 'bad-request/method-not-allowed'])
    expect(headers.get('Allow')).toBe('DELETE, GET, HEAD, OPTIONS, POST')
  })

  it.each(['/openapi.json', '/.well-known/jwks.json'])(
    'makes %s cacheable, and returns 304 for a known ETag',
    async (path) => {
      const service = new Service()
      const { headers } = await service.ask('GET', path)
      expect(headers.get('Cache-Control')).toBe('public, max-age=300')
      const again = await service.ask('GET', path, {
        headers: { 'If-None-Match': headers.get('ETag') ?? '' },
      })
      expect([again.status, again.body]).toEqual([304, undefined])
    },
  )

  it.each([
    `//${API.slice(1)}/sessions`,
    `${API}//sessions`,
    `${API}/sessions/`,
    `/${API}/sessions//`,
    `${API}/sessions.json/`,
  ])('ignores extra slashes in API paths: %s', async (path) => {
    const service = new Service()
    const user = await service.createUser(await service.createSite())
    const { username, password } = user
    expect((await service.ask('POST', path, { body: { username, password } })).status).toBe(201)
    expect((await service.ask('PUT', path)).status).toBe(405)
  })

  it('returns JSON errors to programs below doubled slashes, and keeps doubled slashes of pages', async () => {
    const service = new Service()
    const headers = { Accept: 'text/html,*/*' }
    expect((await service.ask('GET', `/${API}/nothing/`, { headers })).body).toMatchObject({
      type: 'not-found/not-found',
    })
    for (const path of ['//login', '/login/', '/account//2fa'])
      expect((await service.ask('GET', path, { headers })).status).toBe(404)
  })

  it.each(['mysite.localhost.', 'MYSITE.localhost.'])(
    'serves a site at its host with the trailing dot of the root: %s',
    async (host) => {
      const service = new Service()
      await service.createUser(await service.createSite())
      const right = { username: 'sessionuser', password: 'sessionuserpassword' }
      expect((await service.logIn(right, { host })).status).toBe(201)
      const origin = { Origin: `http://${host.toLowerCase()}` }
      const headers = { ...origin, 'Content-Type': 'application/x-www-form-urlencoded' }
      const body = new URLSearchParams(right).toString()
      expect((await service.ask('POST', '/login', { host, headers, body })).status).toBe(303)
      const settings = await service.ask('GET', `${API}/settings/domain?domain=${host}`)
      expect(settings.status).toBe(200)
    },
  )

  it('serves the global and regional hosts with a trailing dot, and no host with two', async () => {
    const service = new Service()
    for (const host of ['localhost.', 'us-east-1.localhost.'])
      expect((await service.ask('GET', `${API}/regions`, { host })).status).toBe(200)
    await service.createSite({ subdomain: 'a' })
    const { status } = await service.logIn(
      { username: 'x', password: 'x' },
      { host: 'b.localhost.' },
    )
    expect(status).toBe(403)
  })

  it.each([
    `${API}/%73essions`,
    `${API}/sess%69ons`,
    '/%61pi/rest/v1/sessions%2Ejson',
    `/api/rest/%76%31/sessions`,
  ])('decodes needless escapes in a path: %s', async (path) => {
    const service = new Service()
    await service.createUser(await service.createSite())
    const headers = { 'Content-Type': 'application/json' }
    const body = '{"username":"sessionuser","password":"sessionuserpassword"}'
    expect((await service.ask('POST', path, { headers, body })).status).toBe(201)
  })

  it.each(['/api%2Frest/v1/sessions', `${API}/%2573essions`, `${API}/sessions%00`])(
    'keeps an escape that has a meaning, and decodes once: %s',
    async (path) => {
      expect((await new Service().ask('POST', path)).status).toBe(404)
    },
  )

  it('refuses plain HTTP once the service is on https', async () => {
    const service = new Service({ GLOBAL_ORIGIN: 'https://localhost' })
    const { status, body } = await service.ask('GET', `${API}/site`)
    expect([status, body.type]).toEqual([400, 'bad-request/https-required'])
  })
})

describe('A path of the Files.com API that this server does not provide', () => {
  it.each(['/site/usage', '/user_requests', '/folders', '/users/1/public_keys'])(
    'is not found, with a text that says so: %s',
    async (path) => {
      const { status, body } = await new Service().ask('GET', `${API}${path}`)
      expect([status, body.type, body.error]).toEqual([
        404,
        'not-found/not-found',
        messagesFor('en').notServed,
      ])
    },
  )

  it('is not any other path', async () => {
    const { body } = await new Service().ask('GET', '/api/rest/v2/site')
    expect(body.error).toBe(messagesFor('en').problems['not-found/not-found'])
  })
})

describe('CORS', () => {
  const from = (origin: string) => ({ headers: { Origin: origin } })
  const preflight = (origin: string) => ({
    headers: { Origin: origin, 'Access-Control-Request-Method': 'DELETE' },
  })

  it('allows configured origins only, with credentials, and never reflects others', async () => {
    const service = new Service({ ALLOWED_ORIGINS: 'https://one.example https://two.example' })
    const granted = await service.ask('GET', `${API}/site`, from('https://two.example'))
    expect(granted.headers.get('Access-Control-Allow-Origin')).toBe('https://two.example')
    expect(granted.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(granted.headers.get('Vary')).toContain('Origin')
    for (const origin of ['https://evil.example', 'null', 'https://two.example.evil.example']) {
      const refused = await service.ask('GET', `${API}/site`, from(origin))
      expect(refused.headers.get('Access-Control-Allow-Origin')).toBeNull()
      expect(refused.headers.get('Access-Control-Allow-Credentials')).toBeNull()
      expect(refused.headers.get('Vary')).toContain('Origin')
    }
  })

  it('answers a preflight with what an API client needs', async () => {
    const service = new Service({ ALLOWED_ORIGINS: 'https://one.example' })
    const { status, headers } = await service.ask(
      'OPTIONS',
      `${API}/sessions`,
      preflight('https://one.example'),
    )
    expect(status).toBe(204)
    expect(headers.get('Access-Control-Allow-Methods')).toContain('DELETE')
    expect(headers.get('Access-Control-Allow-Headers')).toContain('X-FilesAPI-Auth')
    const refused = await service.ask('OPTIONS', `${API}/sessions`, preflight('https://x.example'))
    expect(refused.headers.get('Access-Control-Allow-Methods')).toBeNull()
  })

  it('for every origin (*) allows no credentials', async () => {
    const service = new Service({ ALLOWED_ORIGINS: '*' })
    const { headers } = await service.ask('GET', `${API}/site`, from('https://any.example'))
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
  })

  it('is disabled unless it is configured', async () => {
    const { headers } = await new Service().ask('GET', `${API}/site`, from('https://one.example'))
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
  })
})
