import { execFile } from 'node:child_process'
import { importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'

const MINUTE = 60

let latchkey: Latchkey
let session: { id: number; site_id: number; token: string }

beforeAll(async () => {
  latchkey = await startLatchkey()
  const credentials = { username: 'sessionuser', password: 'sessionuserpassword' }
  const reply = await fetch(`${latchkey.origin}${API}/sessions`, {
    method: 'POST',
    headers: { Accept: 'application/json; id=int64' },
    body: new URLSearchParams(credentials),
  })
  session = (await reply.json()) as typeof session
})
afterAll(() => latchkey.stop())

describe('docs/verify-a-session.mjs', () => {
  it('prints user, site and session of a valid token', async () => {
    const { user } = await siteOf(session.token)
    expect(await verify(session.token)).toEqual({
      code: 0,
      stdout: `user ${user.id}, site ${session.site_id}, session ${session.id}\n`,
      stderr: '',
    })
  })

  it('accepts a token that was signed here with the same claims', async () => {
    expect(await verify(await signed())).toMatchObject({ code: 0 })
  })

  it('refuses a token with one changed character', async () => {
    const [header, payload, signature = ''] = session.token.split('.')
    const changed = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
    expect(await verify([header, payload, changed].join('.'))).toMatchObject(refused)
    const raised = Buffer.from(JSON.stringify({ ...claimsOf(session.token), sub: '1' }))
    const forged = [header, raised.toString('base64url'), signature].join('.')
    expect(await verify(forged)).toMatchObject(refused)
  })

  it('refuses a token older than 15 minutes, even if its session is active', async () => {
    expect(await verify(await signed({ iat: now() - 14 * MINUTE }))).toMatchObject({ code: 0 })
    expect(await verify(await signed({ iat: now() - 16 * MINUTE }))).toMatchObject(refused)
  })

  it('refuses a token whose session has timed out', async () => {
    expect(await verify(await signed({ exp: now() - 1 }))).toMatchObject(refused)
  })

  it('refuses another issuer, audience or type of token', async () => {
    expect(await verify(await signed({ iss: 'https://else.example.com' }))).toMatchObject(refused)
    expect(await verify(await signed({ aud: 'another-service' }))).toMatchObject(refused)
    expect(await verify(await signed({}, 'JWT'))).toMatchObject(refused)
  })

  it('refuses an unsigned token and anything else that is no token', async () => {
    const [, payload] = session.token.split('.')
    const unsigned = Buffer.from('{"alg":"none","typ":"latchkey-session+jwt"}').toString(
      'base64url',
    )
    for (const text of ['', 'garbage', 'a.b.c', `${unsigned}.${payload}.`])
      expect(await verify(text)).toMatchObject(refused)
  })
})

const refused = { code: 1, stdout: '', stderr: expect.stringMatching(/^refused: .+\n$/) }

/** Runs the program on a token, in its own process. */
function verify(token: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const program = execFile(
      process.execPath,
      ['docs/verify-a-session.mjs', latchkey.origin],
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
    program.stdin?.end(`${token}\n`)
  })
}

/** A token with the real one's claims and some changed, signed with the service's key. */
async function signed(changes: JWTPayload = {}, typ = 'latchkey-session+jwt'): Promise<string> {
  const [key] = JSON.parse(latchkey.keys.SIGNING_KEYS ?? '') as [JWK & { kid: string }]
  return new SignJWT({ ...claimsOf(session.token), ...changes })
    .setProtectedHeader({ alg: 'ES256', typ, kid: key.kid })
    .sign(await importJWK(key, 'ES256'))
}

function claimsOf(token: string): JWTPayload {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

async function siteOf(token: string): Promise<{ user: { id: number } }> {
  const headers = { Authorization: `Bearer ${token}` }
  return (await fetch(`${latchkey.origin}${API}/site`, { headers })).json() as never
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
