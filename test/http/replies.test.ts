import { describe, expect, it } from 'vitest'
import { routes } from '../../src/routes.ts'
import { type Answer, API, type Ask, SDK, Service } from '../support/service.ts'

type Request = [method: string, path: string, ask?: Ask]

const SESSIONS = `${API}/sessions`
const INVALID_CREDENTIALS =
  'The API key or Session token provided could not be used to validate this request.'

async function loggedIn() {
  const service = new Service()
  const user = await service.createUser(await service.createSite())
  const { body } = await service.logIn(user, { headers: SDK })
  return { service, user, session: body.id as string, token: body.token as string }
}

/** Errors of every kind that need no session. */
const refusals: [string, number, Request][] = [
  ['bad-request/invalid-body', 400, ['POST', SESSIONS, { body: '{' }]],
  ['bad-request/invalid-body', 413, ['POST', SESSIONS, { body: 'x'.repeat(70_000) }]],
  ['bad-request/invalid-input-encoding', 400, ['GET', `${API}/site?%ff`]],
  ['bad-request/method-not-allowed', 405, ['PATCH', SESSIONS]],
  ['bad-request/request-params-invalid', 400, ['GET', `${API}/api_keys?user_id=x`]],
  ['bad-request/request-params-required', 400, ['POST', SESSIONS]],
  [
    'bad-request/unsupported-media-type',
    400,
    ['POST', SESSIONS, { headers: { 'Content-Type': 'text/plain' }, body: 'x' }],
  ],
  ['not-authenticated/authentication-required', 401, ['GET', `${API}/site`]],
  [
    'not-authenticated/invalid-credentials',
    401,
    ['GET', `${API}/site`, { headers: { 'X-FilesAPI-Auth': 'x' } }],
  ],
  [
    'not-authenticated/invalid-username-or-password',
    401,
    ['POST', SESSIONS, { body: { username: 'x', password: 'x' } }],
  ],
  [
    'not-authorized/cannot-login-while-using-key',
    403,
    [
      'POST',
      SESSIONS,
      { headers: { 'X-FilesAPI-Key': 'x' }, body: { username: 'x', password: 'x' } },
    ],
  ],
  ['not-found/not-found', 404, ['GET', `${API}/nowhere`]],
  [
    'site-configuration/no-account-for-site',
    403,
    ['POST', SESSIONS, { host: 'example.com', body: { username: 'x', password: 'x' } }],
  ],
]

function expectEveryReplysHeaders({ headers }: Answer, message: string) {
  expect(headers.get('X-Request-Id'), message).toMatch(/^[0-9a-f]{32}$/)
  expect(headers.get('X-Content-Type-Options'), message).toBe('nosniff')
  expect(headers.get('Strict-Transport-Security'), message).toMatch(/^max-age=\d{8,}/)
  expect(headers.get('Content-Security-Policy'), message).toContain("default-src 'none'")
  expect(headers.get('Content-Security-Policy'), message).toContain("frame-ancestors 'none'")
  expect(headers.get('X-Frame-Options'), message).toBe('DENY')
  expect(headers.get('Referrer-Policy'), message).toBe('same-origin')
  expect(headers.get('X-Powered-By'), message).toBeNull()
}

function expectErrorObject(answer: Answer, type: string, status: number) {
  const { headers, body } = answer
  expect(answer.status, type).toBe(status)
  expect(headers.get('X-Files-Error-Class')).toBe(type)
  expect(headers.get('Content-Type')).toBe('application/json')
  expect(headers.get('Cache-Control')).toBe('no-store')
  expectEveryReplysHeaders(answer, type)
  expect(body).toEqual({
    error: expect.stringMatching(/^[A-Z][^{}]{10,}$/),
    'http-code': status,
    instance: headers.get('X-Request-Id'),
    title: titleOf(type),
    type,
  })
}

function titleOf(type: string): string {
  const [, name = ''] = type.split('/')
  return name.replaceAll('-', ' ').replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())
}

describe('Every reply', () => {
  it('hides the URL of a page with a secret from every other page (Referrer-Policy)', () => {
    const secrets = ['code', 'pairing_key', 'login_token', 'proof', 'otp', 'password', 'token']
    const takeSecrets = routes.filter(
      ({ method, parameters }) =>
        method === 'GET' && Object.keys(parameters.shape).some((name) => secrets.includes(name)),
    )
    expect(takeSecrets.length).toBeGreaterThan(2)
    expect(takeSecrets.filter(({ secretInAddress }) => !secretInAddress)).toEqual([])
  })

  it.each(refusals)('is the error object: %s, %i', async (type, status, [method, path, ask]) => {
    expectErrorObject(await new Service().ask(method, path, ask), type, status)
  })

  it('has an error message that says what to do', async () => {
    const { body } = await new Service().ask('GET', `${API}/site`)
    expect(body.title).toBe('Authentication Required')
    expect(body.error).toBe('Log in first: this request has no credential.')
  })

  it('has the headers of a success when it is an error, and is not stored', async () => {
    const { service, session, user } = await loggedIn()
    const headers = { 'X-FilesAPI-Auth': session }
    const requests: Request[] = [
      ['POST', SESSIONS, { body: user }],
      ['GET', `${API}/site`, { headers }],
      ['GET', `${API}/api_keys`, { headers }],
      ['POST', `${SESSIONS}/token`, { headers }],
      ['GET', '/health'],
      ['DELETE', SESSIONS, { headers }],
    ]
    for (const [method, path, ask] of requests) {
      const answer = await service.ask(method, path, ask)
      expect(answer.status, path).toBeLessThan(300)
      expect(answer.headers.get('Cache-Control'), path).toBe('no-store')
      expect(answer.headers.get('X-Files-Error-Class'), path).toBeNull()
      expectEveryReplysHeaders(answer, path)
    }
  })

  it('may be cached when it is a public document', async () => {
    for (const path of ['/.well-known/jwks.json', '/openapi.json']) {
      const answer = await new Service().ask('GET', path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Cache-Control')).toMatch(/^public, max-age=[1-9]\d*$/)
      expectEveryReplysHeaders(answer, path)
    }
  })

  it('has its own request id, whatever id the request sends', async () => {
    const service = new Service()
    const ids = new Set<string | null>()
    for (let i = 0; i < 20; i++) {
      const headers = { 'X-Request-Id': 'chosen' }
      ids.add((await service.ask('GET', '/health', { headers })).headers.get('X-Request-Id'))
    }
    expect(ids.size).toBe(20)
    expect(ids).not.toContain('chosen')
  })

  it('without content is 204 and has neither body nor Content-Type', async () => {
    const { service, session } = await loggedIn()
    const answer = await service.ask('DELETE', SESSIONS, {
      headers: { 'X-FilesAPI-Auth': session },
    })
    expect(answer.status).toBe(204)
    expect(answer.body).toBeUndefined()
    expect(answer.headers.get('Content-Type')).toBeNull()
  })

  it('is 404 for an unknown path, whatever the method', async () => {
    const service = new Service()
    const paths = [
      '/api',
      API,
      `${API}/`,
      `${API}/.json`,
      `${API}/Sessions`,
      `${API}/sessions%2Ftoken`,
      `${API}/sessions%00`,
      `${API}/site/nowhere`,
      `${API}/site/../../v2/site`,
      '/api/rest/v2/sessions',
      '/sessions',
      '/sessions/',
      '//login',
      '/login/',
      '/favicon.ico/',
      '/wp-login.php',
      '/%ff',
    ]
    for (const path of paths)
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
        expectErrorObject(await service.ask(method, path), 'not-found/not-found', 404)
  })

  it('is 405 and lists the methods when the path exists for others', async () => {
    const service = new Service()
    const allowed: [string, string][] = [
      [SESSIONS, 'DELETE, GET, HEAD, OPTIONS, POST'],
      [`${SESSIONS}.json`, 'DELETE, GET, HEAD, OPTIONS, POST'],
      [`${SESSIONS}/token`, 'OPTIONS, POST'],
      ['/health', 'GET, HEAD, OPTIONS'],
      ['/openapi.json', 'GET, HEAD, OPTIONS'],
    ]
    for (const [path, methods] of allowed) {
      const answer = await service.ask('PUT', path)
      expectErrorObject(answer, 'bad-request/method-not-allowed', 405)
      expect(answer.headers.get('Allow')).toBe(methods)
      expect(answer.body.error).toBe('This URL does not accept PUT requests.')
    }
  })

  it('accepts .json at the end of every API path', async () => {
    const { service, user, session } = await loggedIn()
    const headers = { 'X-FilesAPI-Auth': session }
    const requests: Request[] = [
      ['POST', `${SESSIONS}.json`, { body: user }],
      ['GET', `${API}/site.json`, { headers }],
      ['GET', `${API}/api_keys.json?user_id=0`, { headers }],
      ['POST', `${SESSIONS}/token.json`, { headers }],
      ['DELETE', `${SESSIONS}.json`, { headers }],
    ]
    for (const [method, path, ask] of requests)
      expect((await service.ask(method, path, ask)).status, path).toBeLessThan(300)
  })

  it('to HEAD equals that to GET without the body', async () => {
    const { service, session } = await loggedIn()
    const headers = { 'X-FilesAPI-Auth': session }
    const requests: [string, Ask][] = [
      [`${API}/site`, { headers }],
      [`${API}/site.json?x=1`, { headers }],
      [`${API}/site`, {}],
      [`${API}/api_keys?user_id=x`, { headers }],
      [`${API}/nowhere`, {}],
      [SESSIONS, {}],
      ['/health', {}],
      ['/.well-known/jwks.json', {}],
    ]
    for (const [path, ask] of requests) {
      const get = await service.ask('GET', path, ask)
      const head = await service.ask('HEAD', path, ask)
      expect(head.body, path).toBeUndefined()
      expect(head.status, path).toBe(get.status)
      for (const name of ['Content-Type', 'Cache-Control', 'X-Files-Error-Class', 'Allow', 'Vary'])
        expect(head.headers.get(name), `${path} ${name}`).toBe(get.headers.get(name))
      expectEveryReplysHeaders(head, path)
    }
  })
})

describe('The credentials of a request', () => {
  const empty: Record<string, string>[] = [
    {},
    { 'X-FilesAPI-Auth': '' },
    { 'X-FilesAPI-Key': '' },
    { Authorization: '' },
    { Authorization: 'Bearer' },
    { Authorization: 'Digest username="x"' },
    { Cookie: 'session=x' },
  ]
  it('are required when there are none', async () => {
    for (const [method, path] of [
      ['GET', `${API}/site`],
      ['GET', `${API}/api_keys`],
      ['POST', `${SESSIONS}/token`],
      ['DELETE', SESSIONS],
    ] as const)
      for (const headers of empty)
        expectErrorObject(
          await new Service().ask(method, path, { headers }),
          'not-authenticated/authentication-required',
          401,
        )
  })

  it('are refused in the same words, whatever is wrong with them', async () => {
    const { service, session, token } = await loggedIn()
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const none = btoa('{"alg":"none","typ":"latchkey-session+jwt"}').replaceAll('=', '')
    const sessions = [
      'x',
      '0',
      '12345678901234567',
      session.slice(1),
      session.toUpperCase().replaceAll(/[0-9]/g, 'A'),
      `${session}0`,
      `ff${session.slice(2)}`,
      `02${session.slice(2)}`,
      `01${'0'.repeat(38)}`,
      '..',
      token.slice(0, -1),
      token.slice(0, -20),
      `${header}.${payload}.`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${btoa('{}')}.${signature}`,
      "' OR 1=1 --",
    ]
    const bad: Record<string, string>[] = [
      ...sessions.map((value) => ({ 'X-FilesAPI-Auth': value })),
      ...sessions.map((value) => ({ Authorization: `Bearer ${value}` })),
      { 'X-FilesAPI-Key': 'x' },
      { 'X-FilesAPI-Key': session },
      { Authorization: `Basic ${btoa('key:x')}` },
      { Authorization: 'Basic %%%' },
      { 'X-FilesAPI-Auth': 'x', Authorization: `Bearer ${token}` },
      { 'X-FilesAPI-Auth': 'x', 'X-FilesAPI-Key': 'x' },
    ]
    for (const headers of bad)
      for (const [method, path] of [
        ['GET', `${API}/site`],
        ['DELETE', SESSIONS],
      ] as const) {
        const answer = await service.ask(method, path, { headers })
        expectErrorObject(answer, 'not-authenticated/invalid-credentials', 401)
        expect(answer.body.error).toBe(INVALID_CREDENTIALS)
      }
    const headers = { 'X-FilesAPI-Auth': session }
    expect((await service.ask('GET', `${API}/site`, { headers })).status).toBe(200)
  })

  it('may be a session beside a key, and the session wins', async () => {
    const { service, session, token } = await loggedIn()
    for (const auth of [{ 'X-FilesAPI-Auth': session }, { Authorization: `bearer  ${token}` }]) {
      const headers = { ...auth, 'X-FilesAPI-Key': 'x' }
      expect((await service.ask('GET', `${API}/site`, { headers })).status).toBe(200)
    }
  })

  it('may be sent in headers of any letter case, with white space around the value', async () => {
    const { service, session, token } = await loggedIn()
    const spellings = [
      { 'x-filesapi-auth': session },
      { 'X-FILESAPI-AUTH': session },
      { 'X-FilesAPI-Auth': ` ${session}\t` },
      { 'x-filesapi-auth': token },
      { authorization: `Bearer ${token}` },
      { AUTHORIZATION: `BEARER ${session}` },
    ]
    for (const headers of spellings)
      expect((await service.ask('GET', `${API}/site`, { headers })).status).toBe(200)
  })

  it('are refused at a login when they are an API key', async () => {
    const { service, user } = await loggedIn()
    const keys: Record<string, string>[] = [
      { 'X-FilesAPI-Key': 'x' },
      { 'x-filesapi-key': 'x' },
      { 'X-FilesAPI-Key': 'x', 'X-FilesAPI-Auth': 'x' },
      { Authorization: `Basic ${btoa('key:x')}` },
    ]
    for (const headers of keys)
      expectErrorObject(
        await service.logIn(user, { headers }),
        'not-authorized/cannot-login-while-using-key',
        403,
      )
  })

  it('are ignored at a login when they are a session, valid or not', async () => {
    const { service, user, session, token } = await loggedIn()
    for (const auth of [session, token, 'x']) {
      const { status, body } = await service.logIn(user, {
        headers: { ...SDK, 'X-FilesAPI-Auth': auth },
      })
      expect(status).toBe(201)
      expect(body.id).not.toBe(session)
    }
    const { status } = await service.logIn(user, { headers: { Authorization: 'Bearer x' } })
    expect(status).toBe(201)
    const headers = { 'X-FilesAPI-Auth': session }
    expect((await service.ask('GET', `${API}/site`, { headers })).status).toBe(200)
  })
})

describe('An internal error', () => {
  it('returns 503 without the cause', async () => {
    const broken = new Service({ SESSION_EPOCH: 'not a number' })
    const answer = await broken.ask('GET', `${API}/site`)
    expectErrorObject(answer, 'service-unavailable/not-configured', 503)
    expect(JSON.stringify(answer.body)).not.toMatch(/epoch/i)
  })

  it('is not what unknown hosts get: they are refused', async () => {
    const service = new Service()
    for (const host of [
      'example.com',
      'nolocalhost.',
      'a.b.localhost',
      '127.0.0.1',
      '-x.localhost',
    ])
      expectErrorObject(
        await service.logIn({ username: 'x', password: 'x' }, { host }),
        'site-configuration/no-account-for-site',
        403,
      )
  })
})
