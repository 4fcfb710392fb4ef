import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import { plainRequest } from './support/plain-http.ts'

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'Content-Type': 'application/json' }
const credentials = { username: 'sessionuser', password: 'sessionuserpassword' }

/** What published clients send, where they differ. */
interface WireClient {
  name: string
  userAgent: string
  suffix?: string
  logIn: { headers?: Record<string, string>; body: string }
  /** The headers of every request without a body. */
  bodyless?: Record<string, string>
}

const clients: WireClient[] = [
  {
    name: 'the Ruby SDK: forms, and their Content-Type on an empty DELETE',
    userAgent: 'Files.com Ruby SDK v1.0.1',
    logIn: { headers: FORM, body: 'username=sessionuser&password=sessionuserpassword' },
    bodyless: FORM,
  },
  {
    name: 'the Ruby SDK with its keys in the other order',
    userAgent: 'Files.com Ruby SDK v1.0.1',
    logIn: { headers: FORM, body: 'otp=&password=sessionuserpassword&username=sessionuser' },
    bodyless: FORM,
  },
  {
    name: 'the Python SDK: JSON and its Content-Type on everything',
    userAgent: 'Files.com Python SDK v1.0.3',
    logIn: { headers: JSON_TYPE, body: JSON.stringify(credentials) },
    bodyless: JSON_TYPE,
  },
  {
    name: 'the Go SDK of 2020: JSON without a Content-Type',
    userAgent: 'Files.com Go SDK 1.0.0',
    logIn: { body: JSON.stringify(credentials) },
  },
  {
    name: 'Cyberduck: application/json on an empty body',
    userAgent: 'Cyberduck/7.2.1.31888 (Mac OS X/10.15.2) (x86_64)',
    logIn: { headers: JSON_TYPE, body: JSON.stringify(credentials) },
    bodyless: { ...JSON_TYPE, Accept: 'application/json' },
  },
  {
    name: 'a client of 2019: .json after every path',
    userAgent: 'Files.com Python SDK v0.9.0',
    suffix: '.json',
    logIn: { headers: FORM, body: 'username=sessionuser&password=sessionuserpassword' },
    bodyless: FORM,
  },
]

let latchkey: Latchkey

beforeAll(async () => {
  latchkey = await startLatchkey()
})
afterAll(() => latchkey.stop())

describe('A session used over plain HTTP as published clients do', () => {
  for (const client of clients) it(`works for ${client.name}`, () => useASession(client))

  async function useASession({ userAgent, suffix = '', logIn, bodyless }: WireClient) {
    const at = (path: string) => `${latchkey.origin}${API}${path}${suffix}`
    const created = await plainRequest('POST', at('/sessions'), {
      headers: { 'User-Agent': userAgent, ...logIn.headers },
      body: logIn.body,
    })
    expect(created).toMatchObject({
      status: 201,
      headers: { 'content-type': 'application/json', vary: expect.stringMatching(/user-agent/i) },
    })
    const { id } = JSON.parse(created.body)
    expect(id).toMatch(/^[0-9a-f]{40}$/)

    const headers = { 'User-Agent': userAgent, 'X-FilesAPI-Auth': id, ...bodyless }
    const keys = await plainRequest('GET', `${at('/api_keys')}?user_id=0`, { headers })
    expect(keys).toMatchObject({ status: 200, body: '[]' })
    const token = await plainRequest('POST', at('/sessions/token'), { headers })
    expect(token.status).toBe(201)
    const site = await plainRequest('GET', at('/site'), { headers })
    expect(JSON.parse(site.body)).toMatchObject({ session: { id }, user: { site_admin: false } })

    const ended = await plainRequest('DELETE', at('/sessions'), { headers })
    expect(ended).toMatchObject({ status: 204, body: '' })
    expect(ended.headers).not.toHaveProperty('content-type')
    const again = await plainRequest('DELETE', at('/sessions'), { headers })
    expect(again).toMatchObject({
      status: 401,
      headers: { 'x-files-error-class': 'not-authenticated/invalid-credentials' },
    })
  }

  it('refuses a wrong password with the error object that every SDK parses', async () => {
    const refused = await plainRequest('POST', `${latchkey.origin}${API}/sessions`, {
      headers: FORM,
      body: 'username=sessionuser&password=wrong',
    })
    expect(refused.status).toBe(401)
    expect(refused.headers['content-type']).toBe('application/json')
    expect(JSON.parse(refused.body)).toEqual({
      error: 'Invalid username or password',
      'http-code': 401,
      instance: refused.headers['x-request-id'],
      title: 'Invalid Username Or Password',
      type: 'not-authenticated/invalid-username-or-password',
    })
  })
})
