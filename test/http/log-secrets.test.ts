import { beforeEach, describe, expect, it, vi } from 'vitest'
import { env } from '../support/env.ts'
import { type Fault, FaultyDatabase } from '../support/faulty-database.ts'
import { API, SDK, Service } from '../support/service.ts'

const ADDRESS = '203.0.113.77'
const OPERATOR = '/operator/v1'
const SERVICE_TOKEN = 'dGhlLXRva2VuLW9mLWEtZnJvbnQtZW5kLWZvci1zZnRw'

let printed: string[]
beforeEach(() => {
  printed = []
  secrets.clear()
  secrets.add(ADDRESS)
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...values) => {
      printed.push(values.map(String).join(' '))
    })
})

/** Values that must never be printed, each recognizable by a word of its own. */
const secrets = new Set<string>()

function secret(text: string): string {
  secrets.add(text)
  return text
}

async function busyRun(service: Service): Promise<void> {
  const ask: Service['ask'] = async (method, path, { headers, ...rest } = {}) => {
    const answer = await service.ask(method, path, {
      ...rest,
      headers: { ...SDK, 'CF-Connecting-IP': ADDRESS, ...headers },
    })
    for (const name of ['id', 'token', 'login_token'])
      if (typeof answer.body?.[name] === 'string') secret(answer.body[name])
    return answer
  }
  const logIn = (body: Record<string, unknown>) => ask('POST', `${API}/sessions`, { body })

  const password = secret('correct-horse-battery')
  const user = await service.createUser(await service.createSite(), { password, siteAdmin: true })
  const { body: session } = await logIn(user)
  await logIn({ ...user, password: secret('wrong-horse') })
  await logIn({ username: secret('typed-password-as-name'), password: secret('anything-else') })
  await logIn({ ...user, otp: secret('918273'), partial_session_id: secret('partial-4711') })
  await logIn({ ...user, [secret('unknown-field-name')]: secret('unknown-field-value') })
  await logIn({ username: { nested: secret('nested-password') }, password })
  await logIn({ ...user, locale: secret('locale-that-is-a-password-by-mistake-and-very-long') })
  await logIn({ ...user, password: `${secret('control-character')}\u0000` })
  for (const body of [
    `{"username":"u","password":"${secret('in-broken-json')}"`,
    `username=u&password=%ff${secret('in-broken-form')}`,
    `"${secret('in-json-that-is-no-object')}"`,
    secret('x'.repeat(70_000)),
  ])
    await ask('POST', `${API}/sessions`, { body })
  await ask('POST', `${API}/sessions`, {
    headers: { 'Content-Type': secret('text/my-password') },
    body: secret('body-of-unknown-type'),
  })

  const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${secret(token)}` } })
  for (const headers of [
    { 'X-FilesAPI-Auth': session.id },
    { 'X-FilesAPI-Auth': session.token },
    { 'X-FilesAPI-Auth': secret('f'.repeat(40)) },
    { 'X-FilesAPI-Key': secret('api-key-header') },
    { Authorization: `Basic ${secret(btoa('api-key-as-name:x'))}` },
    { Authorization: secret('Digest something-secret') },
    { Cookie: `__Host-latchkey=${secret('cookie-value')}` },
    { 'X-Request-Id': secret('chosen-request-id') },
    { 'User-Agent': secret('agent-that-is-a-password') },
  ])
    await ask('GET', `${API}/site`, { headers })
  await ask('GET', `${API}/site`, bearer(session.token.slice(0, -3)))
  await ask('GET', `${API}/site?password=${secret('in-the-query')}`, bearer(session.token))
  await ask('GET', `${API}/api_keys?user_id=${secret('password-as-number')}`, bearer(session.token))
  await ask('POST', `${API}/sessions/pairing_key/${secret('aB3dE5gH')}`)
  await ask('PATCH', `${API}/site`, { ...bearer(session.token), body: { domain: secret('a b c') } })
  await ask('POST', `${API}/sessions/token`, bearer(session.token))
  await logIn({ username: session.login_token })
  await ask('POST', `${API}/sessions`, {
    headers: { 'X-FilesAPI-Key': secret('key-along-with-a-log-in') },
    body: user,
  })
  await logIn({ username: secret('@tok-forged') })

  for (const token of ['token-of-no-service', SERVICE_TOKEN])
    for (const address of [secret('198.51.100.23'), secret('an-address-that-is-a-password')]) {
      const stated = { 'X-Latchkey-Service': secret(token), 'X-Latchkey-Client-Address': address }
      await ask('GET', `${API}/site`, { headers: { ...stated, 'X-FilesAPI-Auth': session.id } })
    }

  const operator = bearer(env.OPERATOR_TOKEN ?? '')
  await ask('GET', `${OPERATOR}/sites`, bearer('wrong-operator-token'))
  await ask('POST', `${OPERATOR}/users`, {
    ...operator,
    body: { username: 'jane', site: 'mysite', password: secret('password-of-jane') },
  })
  for (const given of [secret('newer-password-of-jane'), secret('short')])
    await ask('POST', `${OPERATOR}/users/jane/password`, { ...operator, body: { password: given } })
  await ask('DELETE', `${API}/sessions`, bearer(session.id))
}

function expectNoSecretPrinted(): void {
  expect(secrets.size).toBeGreaterThan(30)
  expect(printed.length).toBeGreaterThan(30)
  const found = [...secrets].filter((text) => printed.some((line) => line.includes(text)))
  expect(found).toEqual([])
}

describe('The log', () => {
  it('has one JSON line for each request, and no secret after a busy run', async () => {
    await busyRun(new Service({ SERVICE_CREDENTIALS: JSON.stringify({ sftp: SERVICE_TOKEN }) }))
    expectNoSecretPrinted()
    for (const line of printed)
      expect(JSON.parse(line)).toMatchObject({
        request_id: expect.any(String),
        status: expect.any(Number),
      })
    const statuses = new Set(printed.map((line) => JSON.parse(line).status))
    expect(statuses).toEqual(new Set([200, 201, 204, 400, 401, 403, 404, 413, 422]))
  })

  it.each<Fault>(['before commit', 'after commit'])(
    'contains no secret when the database fails %s',
    async (fault) => {
      const database = new FaultyDatabase(env.DB_US_EAST_1)
      const healthy = new Service()
      const user = await healthy.createUser(await healthy.createSite(), {
        password: secret('password-of-the-fault'),
      })
      const { body } = await healthy.logIn(user, { headers: SDK })
      database.fault = fault
      const service = new Service({ DB_US_EAST_1: database.binding })
      expect((await service.logIn(user)).status).toBe(503)
      const headers = { 'X-FilesAPI-Auth': secret(body.id) }
      expect((await service.ask('DELETE', `${API}/sessions`, { headers })).status).toBe(503)
      expect(printed.join()).toContain('storage-unavailable')
      expect([...secrets].filter((text) => printed.join('\n').includes(text))).toEqual([])
    },
  )

  it('makes this test name the secret when one was printed', async () => {
    printed = [...Array(40).fill(''), `{"reason":"${ADDRESS}"}`]
    for (let i = 0; i < 40; i++) secret(`filler-${i}`)
    expect(expectNoSecretPrinted).toThrow(ADDRESS)
  })
})
