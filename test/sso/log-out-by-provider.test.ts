import { describe, expect, it } from 'vitest'
import { CLIENT } from '../support/code-order.ts'
import { API } from '../support/service.ts'
import { begin, codeFor, finish, type Sso, withProvider } from '../support/single-sign-on.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

async function open() {
  const sso = await withProvider({ strategy: { provision_users: true } })
  const logIn = async (sid: string, sub = 'jane') => {
    const begun = await begin(sso)
    const claims = { sub, sid, email: `${sub}@acme.example` }
    const { body } = await finish(sso, begun, codeFor(sso, begun, { claims }))
    return body.id as string
  }
  const lives = async (session: string) => {
    const headers = { 'X-FilesAPI-Auth': session }
    const { status } = await sso.service.ask('GET', `${API}/site`, { headers, host: sso.host })
    return status === 200
  }
  return { sso, logIn, lives }
}

/** A logout token as the provider sends it, with changes. */
async function send(
  { service, issuer, strategy }: Sso,
  changes: Record<string, unknown>,
  more: Record<string, unknown> = {},
) {
  const now = Math.floor(service.clock() / 1_000)
  const usual = {
    iss: issuer,
    aud: CLIENT.id,
    iat: now,
    exp: now + 120,
    jti: crypto.randomUUID(),
    events: { [EVENT]: {} },
  }
  const body = JSON.stringify({ claims: { ...usual, ...changes }, ...more })
  const signed = await fetch(`${issuer}/logout-token`, { method: 'POST', body })
  return service.ask('POST', `/sso/${strategy.id}/backchannel_logout`, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `logout_token=${(await signed.json()) as string}`,
  })
}

describe('Back-channel logout by the provider', () => {
  it('revokes the session that it names, or all of a user, and no others', async () => {
    const { sso, logIn, lives } = await open()
    const [one, two, other] = [await logIn('s1'), await logIn('s2'), await logIn('s3', 'joe')]
    expect((await send(sso, { sub: 'jane', sid: 's1' })).status).toBe(200)
    expect(await Promise.all([one, two, other].map(lives))).toEqual([false, true, true])
    const three = await logIn('s4')
    expect((await send(sso, { sub: 'jane' })).status).toBe(200)
    expect(await Promise.all([two, three, other].map(lives))).toEqual([false, false, true])
    expect((await send(sso, { sid: 's3' }, { typ: 'logout+jwt' })).status).toBe(200)
    expect(await lives(other)).toBe(false)
    expect((await send(sso, { sid: 'nothing' })).status).toBe(200)
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://accounts.google.com' }, {}],
    ['for another client', { aud: 'x' }, {}],
    ['that is an ID token', { events: undefined, nonce: 'x' }, {}],
    ['with a nonce', { nonce: 'x' }, {}],
    ['without a subject', { sub: undefined }, {}],
    ['without an id', { jti: undefined }, {}],
    ['that has expired', { exp: 1_700_000_000 }, {}],
    ['issued some minutes ago', { iat: 1_700_000_000 }, {}],
    ['signed with an unpublished key', {}, { key: 1 }],
  ])('rejects a logout token %s', async (_, changes, more) => {
    const { sso, logIn, lives } = await open()
    const session = await logIn('s1')
    const { status, body } = await send(sso, { sub: 'jane', ...changes }, more)
    expect([status, body.type]).toEqual([400, 'bad-request/invalid-logout-token'])
    expect(await lives(session)).toBe(true)
  })

  it.each([
    ['impostor', 400],
    ['keyless', 400],
    ['odd-keys', 400],
    ['dead', 503],
  ])('refuses or asks to retry when the provider is %s: %i', async (kind, expected) => {
    const sso = await withProvider({ kind })
    expect((await send(sso, { sub: 'jane' })).status).toBe(expected)
  })

  it('with tokens of unknown keys does not stop logins from fetching new keys', async () => {
    const { sso, logIn } = await open()
    await logIn('s1')
    sso.service.clock.advance(31_000)
    expect((await send(sso, { sub: 'jane' }, { key: 1 })).status).toBe(400)
    await fetch(`${sso.issuer}/rotate?kid=1`)
    const begun = await begin(sso)
    expect((await finish(sso, begun, codeFor(sso, begun, { key: 1 }))).status).toBe(201)
  })

  it('is recorded with the strategy as actor, for the users whose sessions it revokes', async () => {
    const { sso, logIn } = await open()
    await logIn('s1')
    await logIn('s2')
    await send(sso, { sub: 'jane' })
    await send(sso, { sub: 'jane' })
    const { results } = await sso.service.env.DB_US_EAST_1.prepare(
      `SELECT username, actor FROM credential_events JOIN users ON users.id = user_id
        WHERE event = 'sessions_ended'`,
    ).all()
    expect(results).toEqual([{ username: 'jane', actor: `strategy:${sso.strategy.id}` }])
  })

  it.each([
    ['timed out', 'UPDATE keyed_sessions SET timeout_at = 1'],
    ['was used too long ago', 'UPDATE keyed_sessions SET last_used_at = 1'],
    ['is of another epoch', 'UPDATE keyed_sessions SET epoch = epoch - 1'],
  ])('is recorded for no user whose session %s and is not deleted yet', async (_, change) => {
    const { sso, logIn } = await open()
    await logIn('s1')
    const db = sso.service.env.DB_US_EAST_1
    await db.prepare(change).run()
    expect((await send(sso, { sub: 'jane' })).status).toBe(200)
    const events = "SELECT count(*) AS n FROM credential_events WHERE event = 'sessions_ended'"
    expect(await db.prepare(events).first('n')).toBe(0)
  })

  it('revokes no newer session when its token is replayed', async () => {
    const { sso, logIn, lives } = await open()
    const once = { sub: 'jane', jti: 'once' }
    const first = await logIn('s1')
    expect((await send(sso, once)).status).toBe(200)
    const second = await logIn('s2')
    expect((await send(sso, once)).status).toBe(200)
    expect([await lives(first), await lives(second)]).toEqual([false, true])
  })

  it('covers one strategy: a token of another strategy revokes nothing', async () => {
    const { sso, logIn, lives } = await open()
    const session = await logIn('s1')
    const issuer = `${sso.issuer}other`
    const { body: strategy } = await sso.asAdmin('POST', '/sso_strategies', {
      provider: 'openid_connect',
      label: 'Other',
      issuer,
      client_id: CLIENT.id,
      client_secret: 'x',
    })
    const other = { ...sso, issuer, strategy }
    expect((await send(other, { sub: 'jane', sid: 's1' })).status).toBe(200)
    expect(await lives(session)).toBe(true)
    const nobody = { ...sso, strategy: { id: 1 } } as Sso
    expect((await send(nobody, { sub: 'jane' })).status).toBe(400)
  })
})
