import { describe, expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'

const TOKEN = 'c2Z0cC1ldS1iZWFycy10aGlzLXRva2VuLW9mLTMyLWJ5dGVz'

/** What these clients put on the wire, by their published sources. */
const clients = {
  'Terraform’s provider 0.1.903': { 'User-Agent': 'Files.com Terraform 0.1.903' },
  'the CLI 2.15': { 'User-Agent': 'Files.com CLI 2.15.449' },
}

/** What Go sends for a time that is not set. */
const ZERO_TIME = '0001-01-01T00:00:00Z'

async function open(asked: Record<string, unknown> = {}) {
  const service = new Service({ SERVICE_CREDENTIALS: JSON.stringify({ 'sftp-eu': TOKEN }) })
  const site = await service.createSite()
  await service.createUser(site, { username: 'boss', siteAdmin: true })
  const jane = await service.createUser(site, { username: 'jane' })
  const login = await service.logIn(
    { username: 'boss', password: 'sessionuserpassword' },
    { headers: SDK },
  )
  const bySession = (method: string, path: string, body?: Record<string, unknown>) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': login.body.id },
      ...(body && { body }),
    })
  const { body: key } = await bySession('POST', '/api_keys', { name: 'automation', ...asked })
  const byKey =
    (headers: Record<string, string>, text: string = key.key) =>
    (method: string, path: string, body?: Record<string, unknown>) =>
      service.ask(method, `${API}${path}`, {
        headers: { ...headers, 'X-FilesAPI-Key': text },
        ...(body && { body }),
      })
  const introspect = async (text: string) =>
    (
      await service.ask('POST', `${API}/introspect`, {
        headers: { 'X-Latchkey-Service': TOKEN },
        body: { token: text },
      })
    ).body
  return { service, site, jane, bySession, byKey, introspect, key }
}

describe('An API key that creates API keys', () => {
  it.each(Object.entries(clients))(
    'creates, reads, changes and deletes one, as %s does',
    async (_, headers) => {
      const { byKey, jane, site } = await open()
      const ask = byKey(headers)
      const created = await ask('POST', '/api_keys', {
        user_id: jane.id,
        description: 'Of the nightly job',
        expires_at: '2099-01-01T00:00:00Z',
        name: 'nightly',
        aws_style_credentials: false,
        path: 'in/reports',
        permission_set: 'files_only',
        workspace_id: 7,
      })
      expect(created).toMatchObject({
        status: 201,
        body: {
          user_id: jane.id,
          site_id: site.id,
          description: 'Of the nightly job',
          expires_at: '2099-01-01T00:00:00.000Z',
          path: 'in/reports',
          permission_set: 'files_only',
          workspace_id: 7,
          key: expect.any(String),
        },
      })
      const { id, key: _key, ...shown } = created.body
      expect((await ask('GET', `/api_keys/${id}`)).body).toEqual({ id, ...shown })
      const changed = await ask('PATCH', `/api_keys/${id}`, {
        id,
        description: 'Of the hourly job',
        expires_at: ZERO_TIME,
        name: 'hourly',
      })
      expect([changed.status, changed.body]).toEqual([
        200,
        { id, ...shown, description: 'Of the hourly job', expires_at: null, name: 'hourly' },
      ])
      expect((await ask('DELETE', `/api_keys/${id}`)).status).toBe(204)
      expect((await ask('GET', `/api_keys/${id}`)).status).toBe(404)
    },
  )

  it.each([{}, { user_id: 0 }])('creates one of its own user: %j', async (more) => {
    const { byKey, key } = await open()
    const { status, body } = await byKey(clients['the CLI 2.15'])('POST', '/api_keys', {
      name: 'mine',
      ...more,
    })
    expect([status, body.user_id, body.permission_set]).toEqual([201, key.user_id, 'full'])
  })

  it('cannot create one that is wider than itself', async () => {
    const { byKey } = await open({ path: 'in', workspace_id: 7 })
    const ask = byKey(clients['the CLI 2.15'])
    for (const [more, names] of [
      [{ path: 'in/a' }, 'path, workspace_id'],
      [{ path: 'in/a', workspace_id: 8 }, 'path, workspace_id'],
      [{ path: 'out', workspace_id: 7 }, 'path, workspace_id'],
    ] as const) {
      const { status, body } = await ask('POST', '/api_keys', { name: 'wider', ...more })
      expect([status, body.error]).toEqual([403, expect.stringContaining(`(${names})`)])
    }
    const within = { name: 'within', path: 'in/a', workspace_id: 7 }
    expect((await ask('POST', '/api_keys', within)).status).toBe(201)
    expect(
      (await ask('POST', '/users', { username: 'x', password: 'a quiet lamp'.repeat(2) })).status,
    ).toBe(403)
  })
})

describe('A limited API key', () => {
  it.each([
    { permission_set: 'files_only' },
    { permission_set: 'none' },
    { permission_set: 'mobile_app' },
    { permission_set: 'sync_app' },
    { permission_set: 'office_integration', path: 'shared/docs' },
    { path: 'in' },
    { workspace_id: 12 },
  ])('is shown with its limits, also to file servers at introspection: %j', async (asked) => {
    const { key, introspect, bySession, byKey } = await open({ description: 'x', ...asked })
    expect(key).toMatchObject({ description: 'x', ...asked })
    expect((await bySession('GET', `/api_keys/${key.id}`)).body).toMatchObject(asked)
    expect(await introspect(key.key)).toMatchObject({ active: true, api_key: asked })
    const manages = await byKey({})('PATCH', '/site', { name: 'x' })
    expect(manages.status).toBe(403)
  })

  it.each([
    [{ aws_style_credentials: true }, 'aws_style_credentials'],
    [{ permission_set: 'some_app' }, 'permission_set'],
    [{ workspace_id: -1 }, 'workspace_id'],
    [{ scopes: ['read'] }, 'scopes'],
  ])('is refused by name if the limit is not supported: %j', async (asked, name) => {
    const { bySession } = await open()
    const { status, body } = await bySession('POST', '/api_keys', { name: 'x', ...asked })
    expect([status, body.error]).toEqual([400, expect.stringContaining(name)])
    expect((await bySession('GET', '/api_keys')).body).toHaveLength(1)
  })

  it('keeps its workspace', async () => {
    const { bySession, key } = await open({ workspace_id: 7 })
    const refused = await bySession('PATCH', `/api_keys/${key.id}`, { workspace_id: 0 })
    expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([
      422,
      ['workspace_id'],
    ])
  })
})
