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

/** The key that each issuer publishes, by name: the first one unless changed. */
const published = new Map<string, string>()
/** How often each issuer was asked for its keys. */
const keyRequests = new Map<string, number>()
/** Redeemed codes: each is single-use (RFC 6749 §4.1.2). */
const redeemed = new Set<string>()

/** A controllable OpenID Connect provider: see code-order.ts. */
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
      return json({ keys: await shownKeys(name) })
    case 'logout-token':
      return json(await logoutToken(JSON.parse(await text(request)) as LogoutOrder))
    case 'token':
      return answerToken(request, reply, { issuer, json })
    case 'userinfo': {
      const order = readOrder((request.headers.authorization ?? '').replace('Bearer ', ''))
      const { userinfo } = order ?? {}
      return typeof userinfo === 'number'
        ? json({ error: 'invalid_token' }, userinfo)
        : json({ sub: 'jane-at-op', ...userinfo })
    }
    default:
      return void reply.writeHead(404).end()
  }
}

/** The client authentication methods that an issuer lists, which may differ from those that it accepts. */
const listed: Record<string, object> = {
  'by-post': { token_endpoint_auth_methods_supported: ['client_secret_post'] },
  'by-basic': { token_endpoint_auth_methods_supported: ['client_secret_basic'] },
  'by-undecoded-basic': { token_endpoint_auth_methods_supported: ['client_secret_basic'] },
  'unnamed-post': { token_endpoint_auth_methods_supported: undefined },
  'unnamed-basic': { token_endpoint_auth_methods_supported: undefined },
}

/** The method that an issuer accepts from this client. */
function takes(name: string): 'either' | 'post' | 'basic' {
  const kind = kindOf(name)
  if (kind.endsWith('-post')) return 'post'
  return kind.endsWith('-basic') ? 'basic' : 'either'
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
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    scopes_supported: ['openid', 'email', 'groups'],
  }
  const strange: Record<string, object> = {
    'names-itself': { authorization_response_iss_parameter_supported: true },
    keyless: { jwks_uri: `${issuer}/nothing` },
    impostor: { issuer: 'https://accounts.google.com' },
    inside: { token_endpoint: 'http://127.0.0.1:1/token' },
    'inside-userinfo': { userinfo_endpoint: 'http://127.0.0.1:1/userinfo' },
    'no-userinfo': { userinfo_endpoint: undefined },
    'odd-scopes': { scopes_supported: { a: 1 }, authorization_response_iss_parameter_supported: 1 },
    'odd-authorize': { authorization_endpoint: [`${issuer}/authorize`] },
    'odd-end': { end_session_endpoint: [`${issuer}/end`] },
    'odd-keys': { jwks_uri: [`${issuer}/jwks`] },
    'script-at-home': { authorization_endpoint: 'javascript://localhost/%0aalert(1)' },
    scripted: { authorization_endpoint: 'javascript:alert(1)' },
    'signs-by-secret': { id_token_signing_alg_values_supported: ['HS256'] },
    'signs-by-none': { id_token_signing_alg_values_supported: ['none', 'HS512'] },
    'signs-by-others': { id_token_signing_alg_values_supported: ['PS384', 'HS256'] },
    ...listed,
  }
  return { ...usual, ...strange[kindOf(name)] }
}

/** The part of an issuer's name before the dash says how it behaves. */
function kindOf(name: string): string {
  return name.replace(/-[^-]*$/, '')
}

async function shownKeys(name: string): Promise<unknown[]> {
  const shown = await publicKeys(published.get(name) ?? '0')
  switch (kindOf(name)) {
    case 'twice':
      return [...shown, ...shown]
    case 'one-kid': {
      const others = await publicKeys('1')
      return [...others.map((key, at) => ({ ...key, kid: shown[at]?.kid })), ...shown]
    }
    case 'odd-jwks':
      return [null, 'a key', { kid: 'of no type' }, { kty: 'LATTICE', kid: '0' }, ...shown]
    default:
      return shown
  }
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
  const body = await text(request)
  const sent = new URLSearchParams(body)
  const code = sent.get('code') ?? ''
  const order = readOrder(code)
  if (order?.silent) return
  if (order?.redirects) return void reply.writeHead(302, { Location: `${issuer}/token` }).end()
  if (order?.endless) return json({ filler: 'x'.repeat(400_000) })
  if (order?.status) return json({ error: 'server_error' }, order.status)
  const refusal = refusalOf(request, sent, issuer)
  if (refusal !== null) return json({ error: refusal }, refusal === 'invalid_client' ? 401 : 400)
  const challenge = createHash('sha256')
    .update(sent.get('code_verifier') ?? '')
    .digest('base64url')
  const isGood = challenge === order?.challenge && sent.get('redirect_uri') === order.redirectUri
  if (!order || !isGood || redeemed.has(code)) return json({ error: 'invalid_grant' }, 400)
  redeemed.add(code)
  const told: Record<string, unknown> = {
    access_token: code,
    token_type: 'Bearer',
    id_token: await idToken(order, issuer),
    ...order.reply,
  }
  for (const name of order.without ?? []) delete told[name]
  json(told)
}

/** The reasons for which Google refuses before it checks the code: all that RFC 6749 §2.3, §3.2 and §5.2 allow. */
function refusalOf(request: IncomingMessage, sent: URLSearchParams, issuer: string): string | null {
  const { method, headers } = request
  const names = [...sent.keys()]
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  if (method !== 'POST' || !isForm || new Set(names).size < names.length) return 'invalid_request'
  const byHeader = headers.authorization !== undefined
  // More than one method at once.
  if (byHeader && sent.has('client_secret')) return 'invalid_request'
  if (!isClient(headers.authorization, sent, issuer)) return 'invalid_client'
  return sent.get('grant_type') === 'authorization_code' ? null : 'unsupported_grant_type'
}

/**
 * The header is compared as sent, without decoding, as Google does. Issuers that decode it form-decode it first
 * (RFC 6749 §2.3.1).
 */
function isClient(header: string | undefined, sent: URLSearchParams, issuer: string): boolean {
  const name = issuer.split('/op/')[1] ?? ''
  const taken = takes(name)
  if (header === undefined)
    return (
      taken !== 'basic' &&
      sent.get('client_id') === CLIENT.id &&
      sent.get('client_secret') === CLIENT.secret
    )
  const parts = Buffer.from(header.replace('Basic ', ''), 'base64').toString().split(/:(.*)/s)
  const decodes = ['by-basic', 'either-basic', 'unnamed-basic'].includes(kindOf(name))
  const [id, secret] = decodes
    ? parts.map((part) => new URLSearchParams(`x=${part}`).get('x'))
    : parts
  return taken !== 'post' && id === CLIENT.id && secret === CLIENT.secret
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
  const { groupsBefore, claims: ordered = {} } = order
  const groups = groupsBefore && [...manyGroups(groupsBefore), ...asList(ordered.groups)]
  const claims = Object.fromEntries(
    Object.entries({ ...usual, ...ordered, ...(groups && { groups }) }).filter(
      ([, value]) => value !== null,
    ),
  )
  const pair = keys[key === 'unknown' ? 2 : key]
  if (!pair) throw new Error('no such key')
  if (alg === 'none') return `${encode({ alg })}.${encode(claims)}.`
  const kid = alg === 'ES256' ? `${pair.kid}-ec` : pair.kid
  const signing = { RS256: pair.rsa.privateKey, ES256: pair.ec.privateKey, HS256: secretKey }[alg]
  const header = { alg, ...(!order.unnamedKey && { kid }) }
  return new SignJWT(claims).setProtectedHeader(header).sign(signing)
}

function manyGroups(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `g${at}`)
}

function asList(claim: unknown): unknown[] {
  return Array.isArray(claim) ? claim : []
}

/** Signs as an attacker does who hopes that the client secret or a public key is accepted as the key. */
const secretKey = new TextEncoder().encode(CLIENT.secret.padEnd(32, '.'))

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Null for a code that this provider did not issue. */
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
