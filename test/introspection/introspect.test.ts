import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { API, SDK, Service } from '../support/service.ts'

const TOKEN = 'c2Z0cC1ldS1iZWFycy10aGlzLXRva2VuLW9mLTMyLWJ5dGVz'
const SERVICE_CREDENTIALS = JSON.stringify({ 'sftp-eu': TOKEN })
const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const service = { 'X-Latchkey-Service': TOKEN }

async function open(changes = {}) {
  const latchkey = new Service({ SERVICE_CREDENTIALS, ...changes })
  await latchkey.createUser(await latchkey.createSite())
  const { body: session } = await latchkey.logIn(right, { headers: SDK })
  const auth = { ...SDK, 'X-FilesAPI-Auth': session.id as string }
  const introspect = (
    token: unknown,
    headers: Record<string, string> = service,
    host = 'localhost',
  ) => latchkey.ask('POST', `${API}/introspect`, { body: { token }, headers, host })
  const { body: key } = await latchkey.ask('POST', `${API}/api_keys`, {
    body: { name: 'sync' },
    headers: auth,
  })
  return { latchkey, session, auth, key, introspect }
}

describe('POST /introspect', () => {
  it('tells a service of a session by its string and token, and of an API key', async () => {
    const { session, key, introspect } = await open()
    for (const token of [session.id, session.token]) {
      const { status, body } = await introspect(token)
      expect(status).toBe(200)
      expect(body).toMatchObject({
        active: true,
        token_type: 'session',
        username: 'sessionuser',
        region: 'us-east-1',
        session: { site_id: session.site_id, read_only: false, root_path: '' },
      })
      expect(body.exp).toBe(Math.floor(Date.parse(session.timeout_at) / 1_000))
      expect(JSON.stringify(body)).not.toContain(session.id)
    }
    const { body } = await introspect(key.key)
    expect(body).toMatchObject({ active: true, token_type: 'api_key', api_key: { name: 'sync' } })
    expect(JSON.stringify(body)).not.toContain(key.key)
  })

  it('tells nothing of what is dead, of another site, or was never anything', async () => {
    const { latchkey, session, auth, key, introspect } = await open()
    await latchkey.createSite({ name: 'Other', subdomain: 'other' })
    expect((await introspect(session.id, service, 'other.localhost')).body).toEqual({
      active: false,
    })
    await latchkey.ask('DELETE', `${API}/sessions`, { headers: auth })
    await latchkey.ask('DELETE', `${API}/api_key`, { headers: { 'X-FilesAPI-Key': key.key } })
    for (const token of [session.id, session.token, key.key, 'x', 'latchkey', 'a.b.c'])
      expect((await introspect(token)).body).toEqual({ active: false })
  })

  it('answers services only', async () => {
    const { session, auth, introspect } = await open()
    expect((await introspect(session.id, {})).body.type).toBe(
      'not-authenticated/authentication-required',
    )
    expect((await introspect(session.id, auth)).status).toBe(401)
    expect((await introspect(session.id, { 'X-Latchkey-Service': 'wrong' })).status).toBe(401)
  })

  it('does not call a session dead because a store is down', async () => {
    const faulty = new FaultyDatabase(env.DB_US_EAST_1)
    const { session, introspect } = await open({ DB_US_EAST_1: faulty.binding })
    faulty.fault = 'before commit'
    expect((await introspect(session.id)).status).toBe(503)
  })
})
