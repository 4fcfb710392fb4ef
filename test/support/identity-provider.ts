import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { CLIENT, type CodeOrder, type LogoutOrder } from './code-order.ts'

const keys = await Promise.all(
  [0, 1, 'unknown'].map(async (kid) => ({
    kid: String(kid),
    rsa: await generateKeyPair('RS256', { extractable: true }),
    ec: await generateKeyPair('ES256', { extractable: true }),
  })),
)

/** The key that each issuer publishes, by name: the first, until it is told otherwise. */
const published = new Map<string, string>()
/** How often each was asked for its keys. */
const keyRequests = new Map<string, number>()

/** An OpenID Connect provider that does as it is told: see code-order.ts. */
export async function answerAsProvider(
  request: IncomingMessage,
  reply: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '', `http://${request.headers.host}`)
  const [, , name = '', ...rest] = url.pathname.split('/')
  const issuer = `${url.origin}/op/${name}`
  const json = (body: unknown, status = 200) =>
    void reply.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  switch (rest.join('/')) {
    case '.well-known/openid-configuration':
      if (kindOf(name) === 'dead') return void reply.writeHead(502).end()
      if (kindOf(name) === 'silent') return
      return json(metadataOf(name, issuer))
    case 'rotate':
      published.set(name, url.searchParams.get('kid') ?? '0')
      return json({ keyRequests: keyRequests.get(name) ?? 0 })
    case 'jwks':
      keyRequests.set(name, (keyRequests.get(name) ?? 0) + 1)
      return json({ keys: await publicKeys(published.get(name) ?? '0') })
    case 'logout-token':
      return json(await logoutToken(JSON.parse(await text(request)) as LogoutOrder))
    case 'token':
      return answerToken(request, reply, { issuer, json })
    case 'userinfo': {
      const order = readOrder((request.headers.authorization ?? '').replace('Bearer ', ''))
      return json({ sub: 'jane-at-op', ...order?.userinfo })
    }
    default:
      return void reply.writeHead(404).end()
  }
}

function metadataOf(name: string, issuer: string) {
  const usual = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/end`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    scopes_supported: ['openid', 'email', 'groups'],
  }
  const strange: Record<string, object> = {
    'names-itself': { authorization_response_iss_parameter_supported: true },
    keyless: { jwks_uri: `${issuer}/nothing` },
    impostor: { issuer: 'https://accounts.google.com' },
    inside: { token_endpoint: 'http://127.0.0.1:1/token' },
    'odd-scopes': { scopes_supported: { a: 1 }, authorization_response_iss_parameter_supported: 1 },
    'odd-authorize': { authorization_endpoint: [`${issuer}/authorize`] },
    'odd-end': { end_session_endpoint: [`${issuer}/end`] },
    'odd-keys': { jwks_uri: [`${issuer}/jwks`] },
    'script-at-home': { authorization_endpoint: 'javascript://localhost/%0aalert(1)' },
    scripted: { authorization_endpoint: 'javascript:alert(1)' },
    'by-post': { token_endpoint_auth_methods_supported: ['client_secret_post'] },
  }
  return { ...usual, ...strange[kindOf(name)] }
}

/** What an issuer is like stands before the dash of its name. */
function kindOf(name: string): string {
  return name.replace(/-[^-]*$/, '')
}

async function publicKeys(published: string) {
  const shown = keys.filter(({ kid }) => kid === published)
  const all = shown.flatMap(({ kid, rsa, ec }) => [
    { kid, alg: 'RS256', key: rsa.publicKey },
    { kid: `${kid}-ec`, alg: 'ES256', key: ec.publicKey },
  ])
  return Promise.all(
    all.map(async ({ kid, alg, key }) => ({ ...(await exportJWK(key)), kid, alg, use: 'sig' })),
  )
}

async function answerToken(
  request: IncomingMessage,
  reply: ServerResponse,
  { issuer, json }: { issuer: string; json: (body: unknown, status?: number) => void },
): Promise<void> {
  const sent = new URLSearchParams(await text(request))
  const order = readOrder(sent.get('code') ?? '')
  if (order?.silent) return
  if (order?.redirects) return void reply.writeHead(302, { Location: `${issuer}/token` }).end()
  if (order?.endless) return json({ filler: 'x'.repeat(400_000) })
  if (order?.status) return json({ error: 'server_error' }, order.status)
  const challenge = createHash('sha256')
    .update(sent.get('code_verifier') ?? '')
    .digest('base64url')
  if (!isClient(request, sent, issuer)) return json({ error: 'invalid_client' }, 401)
  if (challenge !== order?.challenge || sent.get('redirect_uri') !== order.redirectUri)
    return json({ error: 'invalid_grant' }, 400)
  json({
    access_token: sent.get('code'),
    token_type: 'Bearer',
    id_token: await idToken(order, issuer),
  })
}

/** By the header, each part form-encoded first (RFC 6749 §2.3.1), or in the body where that was asked for. */
function isClient({ headers }: IncomingMessage, sent: URLSearchParams, issuer: string): boolean {
  if (issuer.includes('/by-post-')) return sent.get('client_secret') === CLIENT.secret
  const [id = '', secret = ''] = atob((headers.authorization ?? '').replace('Basic ', ''))
    .split(':')
    .map((part) => new URLSearchParams(`x=${part}`).get('x') ?? '')
  return id === CLIENT.id && secret === CLIENT.secret
}

async function idToken(order: CodeOrder, issuer: string): Promise<string> {
  const { alg = 'RS256', key = 0 } = order
  const usual = {
    iss: issuer,
    aud: CLIENT.id,
    sub: 'jane-at-op',
    iat: order.now,
    exp: order.now + 300,
    auth_time: order.now,
  }
  const claims = Object.fromEntries(
    Object.entries({ ...usual, ...order.claims }).filter(([, value]) => value !== null),
  )
  const pair = keys[key === 'unknown' ? 2 : key]
  if (!pair) throw new Error('no such key')
  if (alg === 'none') return `${encode({ alg })}.${encode(claims)}.`
  const kid = alg === 'ES256' ? `${pair.kid}-ec` : pair.kid
  const signing = { RS256: pair.rsa.privateKey, ES256: pair.ec.privateKey, HS256: secretKey }[alg]
  return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(signing)
}

/** What somebody would sign with who hopes that the client's secret, or a public key, is taken for one. */
const secretKey = new TextEncoder().encode(CLIENT.secret.padEnd(32, '.'))

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Null for a code that this provider has not made. */
function readOrder(code: string): CodeOrder | null {
  try {
    return JSON.parse(Buffer.from(code, 'base64url').toString()) as CodeOrder
  } catch {
    return null
  }
}

/** A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4). */
async function logoutToken({ claims, key = 0, typ }: LogoutOrder): Promise<string> {
  const { kid = '', rsa } = keys[key] ?? {}
  if (!rsa) throw new Error('no such key')
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid, ...(typ && { typ }) })
    .sign(rsa.privateKey)
}
