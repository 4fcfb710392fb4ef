import { describe, expect, it } from 'vitest'
import { API, Service } from '../support/service.ts'

const HOST = 'mysite.localhost'
const PASSWORD = 'a quiet lamp by the window'
const JSON_UTF8 = { 'Content-Type': 'application/json; charset=UTF-8' }
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

type Parameters = Record<string, string | number | boolean>
type Sent = { path: string; headers: Record<string, string>; body?: string }

/** What a client puts on the wire, as its published source of this version has it. */
interface WireForm {
  client: string
  headers: Record<string, string>
  /** How it spells the header names of its credentials. */
  auth: string
  key: string
  send: (method: string, path: string, parameters: Parameters) => Sent
  /** Whether it repeats parameters of the path among the others. */
  repeatsPath?: true
}

const inQuery = (path: string, parameters: Parameters) =>
  Object.keys(parameters).length === 0 ? path : `${path}?${formOf(parameters)}`

const formOf = (parameters: Parameters) =>
  String(
    new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)])),
  )

/** JSON bodies, and queries for methods without a body. */
const jsonClient =
  (type: Record<string, string>, isTypedAlways = false): WireForm['send'] =>
  (method, path, parameters) =>
    ['GET', 'DELETE'].includes(method)
      ? { path: inQuery(path, parameters), headers: isTypedAlways ? type : {} }
      : { path, headers: type, body: JSON.stringify(parameters) }

const JSON_TYPE = { 'Content-Type': 'application/json' }
const capitals = { auth: 'X-FilesAPI-Auth', key: 'X-FilesAPI-Key' }
const mixed = { auth: 'X-FilesApi-Auth', key: 'X-FilesApi-Key' }
const go = { ...capitals, send: jsonClient(JSON_TYPE) }

const clients: WireForm[] = [
  { client: 'Go SDK 3.3.234', headers: { 'User-Agent': 'Files.com Go SDK 3.3.234' }, ...go },
  { client: 'CLI 2.15.449', headers: { 'User-Agent': 'Files.com CLI 2.15.449' }, ...go },
  { client: 'rclone 1.75', headers: { 'User-Agent': 'rclone/v1.75.0' }, ...go },
  {
    client: 'Terraform provider 0.1.903',
    headers: { 'User-Agent': 'Files.com Terraform 0.1.903' },
    ...go,
  },
  {
    client: 'Ruby SDK 1.1.713',
    headers: {
      'User-Agent': 'Files.com Ruby SDK v1.1.713',
      'X-Files-Client-User-Agent': '{"bindings_version":"1.1.713","lang":"ruby"}',
    },
    ...capitals,
    repeatsPath: true,
    send: (method, path, parameters) =>
      ['GET', 'DELETE'].includes(method)
        ? { path: inQuery(path, parameters), headers: FORM }
        : { path, headers: FORM, body: formOf(parameters) },
  },
  {
    client: 'Python SDK 1.6.456',
    headers: { 'User-Agent': 'Files.com Python SDK v1.6.456', Accept: '*/*' },
    ...capitals,
    repeatsPath: true,
    send: jsonClient(JSON_TYPE, true),
  },
  {
    client: 'PHP SDK 2.0.642',
    headers: { 'User-Agent': 'Files.com PHP SDK v2.0.642', Accept: 'application/json' },
    ...capitals,
    repeatsPath: true,
    // Its DELETE has a body, too.
    send: (method, path, parameters) =>
      method === 'GET'
        ? { path: inQuery(path, parameters), headers: JSON_TYPE }
        : { path, headers: JSON_TYPE, body: JSON.stringify(parameters) },
  },
  {
    client: 'PHP SDK 1.0 (2020)',
    headers: { 'User-Agent': 'Files-PHP-SDK' },
    ...capitals,
    send: jsonClient(JSON_TYPE),
  },
  {
    client: 'Java SDK 1.7.283',
    headers: { 'User-Agent': 'Files.com Java SDK v1.7.283' },
    ...mixed,
    repeatsPath: true,
    send: jsonClient(JSON_UTF8),
  },
  {
    client: 'Java SDK of 2023',
    headers: { 'User-Agent': 'Files-JAVA-SDK-1.0.0' },
    ...mixed,
    send: jsonClient(JSON_UTF8),
  },
  {
    client: '.NET SDK 1.4.633',
    headers: { 'User-Agent': 'Files.com DOTNET SDK v1.4.633', Accept: 'application/json' },
    ...mixed,
    send: jsonClient({ 'Content-Type': 'application/json; charset=utf-8' }),
  },
  {
    client: '.NET SDK of 2023, without a User-Agent',
    headers: { Accept: 'application/json' },
    ...mixed,
    send: jsonClient({ 'Content-Type': 'application/json; charset=utf-8' }),
  },
]

async function open({ headers, send }: WireForm) {
  const service = new Service()
  const site = await service.createSite()
  const boss = await service.createUser(site, { username: 'boss', siteAdmin: true })
  return async (
    method: string,
    path: string,
    parameters: Parameters = {},
    credential: Record<string, string> = {},
  ) => {
    const sent = send(method, path, parameters)
    const reply = await service.ask(method, `${API}${sent.path}`, {
      host: HOST,
      headers: { ...headers, ...sent.headers, ...credential },
      ...(sent.body !== undefined && { body: sent.body }),
    })
    return { ...reply, password: boss.password }
  }
}

const integer = expect.toSatisfy(Number.isSafeInteger)
const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
const text = expect.any(String)
const flag = expect.any(Boolean)

describe.each(clients)('The requests of the $client', (client) => {
  const { auth, key, repeatsPath } = client
  const named = (id: number) => (repeatsPath ? { id } : {})

  it('log in, manage users and API keys, and log out, with replies of the expected types', async () => {
    const ask = await open(client)
    const password = (await ask('GET', '/site')).password
    const session = await ask('POST', '/sessions', { username: 'boss', password })
    expect([session.status, session.body]).toEqual([
      201,
      expect.objectContaining({
        id: expect.stringMatching(/^[0-9a-zA-Z]{40}$/),
        read_only: flag,
        site_id: integer,
        timeout_at: date,
      }),
    ])
    const by = { [auth]: session.body.id }
    const listed = await ask('GET', '/users', { per_page: 1000 }, by)
    expect([listed.status, listed.headers.get('X-Files-Cursor')]).toEqual([200, null])

    const made = await ask('POST', '/users', { username: 'jane', password: PASSWORD }, by)
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({
        id: integer,
        username: 'jane',
        created_at: date,
        site_admin: false,
        disabled: flag,
        allowed_ips: text,
        require_password_change: false,
      }),
    ])
    const { id } = made.body
    const changed = await ask('PATCH', `/users/${id}`, { ...named(id), language: 'de' }, by)
    expect([changed.status, changed.body.language]).toEqual([200, 'de'])
    const own = await ask('POST', '/sessions', { username: 'jane', password: PASSWORD })
    expect(own.status).toBe(201)

    const apiKey = await ask('POST', '/api_keys', { name: 'backup', permission_set: 'full' }, by)
    expect([apiKey.status, apiKey.body]).toEqual([
      201,
      expect.objectContaining({
        id: integer,
        created_at: date,
        key: expect.stringMatching(/^[0-9a-zA-Z]+$/),
        permission_set: 'full',
        user_id: integer,
      }),
    ])
    const byKey = { [key]: apiKey.body.key }
    const found = await ask('GET', `/api_keys/${apiKey.body.id}`, {}, byKey)
    expect([found.status, found.body.name]).toEqual([200, 'backup'])

    for (const [path, which] of [
      [`/api_keys/${apiKey.body.id}`, named(apiKey.body.id)],
      [`/users/${id}`, named(id)],
      ['/sessions', {}],
    ] as const) {
      const ended = await ask('DELETE', path, which, by)
      expect([ended.status, ended.body], path).toEqual([204, undefined])
    }
    const again = await ask('GET', '/users', {}, by)
    expect([again.status, again.body]).toEqual([
      401,
      expect.objectContaining({
        error: text,
        'http-code': 401,
        type: 'not-authenticated/invalid-credentials',
      }),
    ])
  })
})
