import { base64url } from 'jose'
import { inject, vi } from 'vitest'
import { CLIENT, type CodeOrder } from './code-order.ts'
import { EVERY_ATTEMPT } from './every-attempt.ts'
import { remembered } from './remembered.ts'
import { API, type Ask, SDK, Service } from './service.ts'

/** What a test tells the provider to do with the code of a login. */
export type Order = Partial<Omit<CodeOrder, 'claims'>> & { claims?: Record<string, unknown> }

interface Wanted {
  subdomain: string
  kind: string
  strategy: Record<string, unknown>
  /** A provider with real-looking URLs that lead to the controllable one. */
  provider: keyof typeof issuers
}

/** A site with an admin and a strategy, whose provider the test controls. */
export async function withProvider({
  service,
  kind = 'usual',
  strategy = {},
  provider = 'openid_connect',
  subdomain = 'mysite',
}: Partial<Wanted> & { service?: Service } = {}) {
  const used = service ?? new Service()
  const wanted = { subdomain, kind, strategy, provider }
  const { issuer: real } = issuers[provider]
  // What is known about a real issuer is read anew when its strategy is created.
  const isNew = service !== undefined || real !== null
  const made = isNew ? await makeStrategy(used, wanted) : await rememberedStrategy(used, wanted)
  return {
    ...made,
    service: used,
    asAdmin: askBy(used, made.session),
    issuer: real ?? made.server,
    host: `${subdomain}.localhost`,
  }
}

/** Each test has a provider of its own. */
const rememberedStrategy = remembered(makeStrategy, ({ server }, wanted) => [
  server,
  newServer(wanted),
])

async function makeStrategy(service: Service, wanted: Wanted) {
  const { subdomain, provider, strategy } = wanted
  const site = await service.createSite({ subdomain })
  const boss = subdomain === 'mysite' ? 'boss' : `boss-${subdomain}`
  const admin = await service.createUser(site, { username: boss, siteAdmin: true })
  const { body } = await service.logIn(admin, { headers: SDK })
  const session = String(body.id)
  const server = newServer(wanted)
  const named = issuers[provider]
  if (named.issuer !== null) lead(named.issuer, server)
  const made = await askBy(service, session)('POST', '/sso_strategies', {
    provider,
    label: 'Acme',
    ...(named.issuer === null && { issuer: server }),
    ...named.strategy,
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    email_domains: 'acme.example',
    ...strategy,
  })
  return { site, admin, session, server, strategy: made.body }
}

function newServer({ kind }: Wanted): string {
  return `${inject('outsideWorld').replace('127.0.0.1', 'localhost')}/op/${kind}-${unique()}`
}

function askBy(service: Service, session: string) {
  return (method: string, path: string, body?: Record<string, unknown>, by = session) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': by },
      ...(body && { body }),
    })
}

const issuers = {
  openid_connect: { issuer: null, strategy: {} },
  google: { issuer: 'https://accounts.google.com', strategy: {} },
  okta: { issuer: 'https://acme.okta.com', strategy: { subdomain: 'acme' } },
  auth0: { issuer: 'https://acme.auth0.com/', strategy: { subdomain: 'acme' } },
  azure: {
    issuer: `https://login.microsoftonline.com/7f6c2f2e-6a52-4f3a-9c3c-2f6f3a1f9d11/v2.0`,
    strategy: { subdomain: '7f6c2f2e-6a52-4f3a-9c3c-2f6f3a1f9d11' },
  },
}

/** Routes the URLs of an issuer to a server, which then has that name, and leaves the rest of the network as it is. */
function lead(issuer: string, server: string): void {
  const network = globalThis.fetch
  const base = issuer.replace(/\/$/, '')
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (to, init) => {
    const address = String(to instanceof Request ? to.url : to)
    if (!address.startsWith(base)) return network(to, init)
    const reply = await network(address.replace(base, server), init)
    if (!address.endsWith('/openid-configuration')) return reply
    const told = (await reply.json()) as Record<string, unknown>
    const text = JSON.stringify(told).replaceAll(server, base)
    return Response.json({ ...(JSON.parse(text) as object), issuer })
  })
}

export type Sso = Awaited<ReturnType<typeof withProvider>>

function unique(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

/** The authorization request that the user's browser takes to the provider. */
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

/** A login started by a program. */
export async function begin({ service, host, strategy }: Sso, more: Record<string, unknown> = {}) {
  const { status, body } = await service.ask('POST', `${API}/sessions/oauth`, {
    body: { provider: strategy.provider, ...more },
    host,
  })
  if (status !== 201) throw new Error(`${status} ${body.type} ${body.data?.reason}`)
  return readRequest(body.redirect_uri)
}

type Begun = ReturnType<typeof readRequest>

/** The code with which the provider redirects the user, by default Jane. */
export function codeFor(
  { service, issuer }: Sso,
  begun: Begun,
  { claims, ...order }: Order = {},
): string {
  const { challenge, redirectUri, nonce } = begun
  const jane = { iss: issuer, nonce, email: 'jane@acme.example', email_verified: true }
  const whole = {
    challenge,
    redirectUri,
    now: Math.floor(service.clock() / 1_000),
    serial: unique(),
    ...order,
    claims: { ...jane, ...claims },
  }
  return base64url.encode(JSON.stringify(whole))
}

/** Finishes a login that a program started. */
export function finish(
  { service, host, strategy }: Sso,
  { state }: Begun,
  code: string,
  more: Record<string, unknown> = {},
  ask: Ask = {},
) {
  const sent = { oauth_provider: strategy.provider, oauth_code: code, oauth_state: state }
  return service.logIn({ ...sent, ...more }, { host, headers: SDK, ...ask })
}

/** The whole login: the user at the provider, then a program here. */
export async function logInBySso(sso: Sso, order: Order = {}, more: Record<string, unknown> = {}) {
  const begun = await begin(sso)
  return finish(sso, begun, codeFor(sso, begun, order), more)
}

/** The last attempt's outcome in the login history. */
export async function lastOutcome({ service }: Sso): Promise<unknown> {
  const { results } = await service.env.DB_US_EAST_1.prepare(
    `SELECT outcome FROM ${EVERY_ATTEMPT}`,
  ).all()
  return results.map(({ outcome }) => outcome)
}

/** Gives a site a verified domain of its own, as if its TXT record had been found. */
export async function giveDomain({ service, site }: Sso, domain: string): Promise<void> {
  await service.env.DB_US_EAST_1.prepare(
    'UPDATE sites SET domain = ?1, domain_verified_at = ?2, domain_checked_at = ?2 WHERE id = ?3',
  )
    .bind(domain, service.clock(), site.id)
    .run()
}

/** Every request to the network from now on: URLs and bodies. */
export function watchNetwork(): string[] {
  const sent: string[] = []
  const network = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (to, init) => {
    sent.push(`${to instanceof Request ? to.url : to} ${init?.body ?? ''}`)
    return network(to, init)
  })
  return sent
}

/** The URL at which a provider’s response arrives: the right one, or another. */
export function answerAddress(begun: Begun, code: string, at: string = begun.redirectUri): string {
  const url = new URL(at)
  url.searchParams.set('state', begun.state)
  url.searchParams.set('code', code)
  return url.href
}
