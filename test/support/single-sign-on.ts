import { inject } from 'vitest'
import { CLIENT, type CodeOrder } from './code-order.ts'
import { API, type Ask, SDK, Service } from './service.ts'

/** What a test tells the provider to do with the code of a log in. */
export type Order = Partial<Omit<CodeOrder, 'claims'>> & { claims?: Record<string, unknown> }

/** A site with an admin and a strategy, whose provider does as it is told. */
export async function withProvider({
  service = new Service(),
  kind = 'usual',
  strategy = {},
}: {
  service?: Service
  kind?: string
  strategy?: Record<string, unknown>
} = {}) {
  const site = await service.createSite()
  const admin = await service.createUser(site, { username: 'boss', siteAdmin: true })
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const asAdmin = (
    method: string,
    path: string,
    body?: Record<string, unknown>,
    by: string = session.id,
  ) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': by },
      ...(body && { body }),
    })
  const issuer = `${inject('outsideWorld').replace('127.0.0.1', 'localhost')}/op/${kind}-${unique()}`
  const made = await asAdmin('POST', '/sso_strategies', {
    ...{ provider: 'openid_connect', label: 'Acme', issuer },
    ...{ client_id: CLIENT.id, client_secret: CLIENT.secret },
    ...{ email_domains: 'acme.example', ...strategy },
  })
  return { service, site, admin, asAdmin, issuer, strategy: made.body, host: 'mysite.localhost' }
}

export type Sso = Awaited<ReturnType<typeof withProvider>>

function unique(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

/** What the person's browser brings to the provider. */
export function readRequest(address: string) {
  const url = new URL(address)
  const at = (name: string) => url.searchParams.get(name) ?? ''
  return {
    url,
    state: at('state'),
    nonce: at('nonce'),
    challenge: at('code_challenge'),
    redirectUri: at('redirect_uri'),
  }
}

/** A log in begun by a program. */
export async function begin({ service, host }: Sso, more: Record<string, unknown> = {}) {
  const { status, body } = await service.ask('POST', `${API}/sessions/oauth`, {
    body: { provider: 'openid_connect', ...more },
    host,
  })
  if (status !== 201) throw new Error(`${status} ${body.type} ${body.data?.reason}`)
  return readRequest(body.redirect_uri)
}

type Begun = ReturnType<typeof readRequest>

/** The code with which the provider sends the person back; it knows Jane, unless it is told otherwise. */
export function codeFor({ service }: Sso, begun: Begun, { claims, ...order }: Order = {}): string {
  const { challenge, redirectUri, nonce } = begun
  const jane = { nonce, email: 'jane@acme.example', email_verified: true }
  return btoa(
    JSON.stringify({
      ...{ challenge, redirectUri, now: Math.floor(service.clock() / 1_000) },
      ...order,
      claims: { ...jane, ...claims },
    }),
  )
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** The end of a log in begun by a program. */
export function finish(
  { service, host }: Sso,
  { state }: Begun,
  code: string,
  more: Record<string, unknown> = {},
  ask: Ask = {},
) {
  const sent = { oauth_provider: 'openid_connect', oauth_code: code, oauth_state: state }
  return service.logIn({ ...sent, ...more }, { host, headers: SDK, ...ask })
}

/** All of it: the person logs in at the provider, and a program here. */
export async function logInBySso(sso: Sso, order: Order = {}, more: Record<string, unknown> = {}) {
  const begun = await begin(sso)
  return finish(sso, begun, codeFor(sso, begun, order), more)
}

/** What the login history says of the last attempt. */
export async function lastOutcome({ service }: Sso): Promise<unknown> {
  const { results } = await service.env.DB_US_EAST_1.prepare(
    'SELECT outcome FROM login_attempts ORDER BY rowid DESC',
  ).all()
  return results.map(({ outcome }) => outcome)
}
