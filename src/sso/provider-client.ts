import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  type ClientAuth,
  ClientSecretPost,
  clockSkew,
  clockTolerance,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi'
import type { StoredSecrets } from '../crypto/sealer.ts'
import type { Fetch } from './provider-fetch.ts'
import type { OAuth2 } from './providers.ts'
import { type Strategy, secretOwner } from './strategy.ts'

/** The fetch options for oauth4webapi. Plain http is possible only on loopback, which `providerFetch` checks. */
export function fetchOptions(fetch: Fetch) {
  return { [customFetch]: fetch, [allowInsecureRequests]: true } as const
}

/** What an issuer says of itself (OpenID Connect Discovery 1.0 §4). @throws what the library throws */
export async function fetchMetadata(issuer: URL, fetch: Fetch): Promise<AuthorizationServer> {
  return processDiscoveryResponse(issuer, await discoveryRequest(issuer, fetchOptions(fetch)))
}

/** The accepted clock difference of a provider, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 60

/** This service as a client of a provider. @param now milliseconds since the Unix epoch */
export function clientOf({ clientId }: Pick<Strategy, 'clientId'>, now: number): Client {
  return {
    client_id: clientId,
    [clockSkew]: Math.round((now - Date.now()) / 1_000),
    [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
  }
}

/** Metadata for a provider that publishes none. All of them accept `client_secret_post`. */
export function serverOf({ authorize, token }: OAuth2): AuthorizationServer {
  return {
    issuer: new URL(authorize).origin,
    token_endpoint: token,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  }
}

/** The client authentication methods, by their names in metadata (RFC 7591 §2). */
export const clientAuthentications = ['client_secret_post', 'client_secret_basic'] as const

export type ClientAuthentication = (typeof clientAuthentications)[number]

interface Redemption {
  client: Client
  /** The callback's parameters, as oauth4webapi checked them. */
  accepted: URLSearchParams
  redirectUri: string
  verifier: string
  fetch: Fetch
}

/**
 * Redeems a code at the token endpoint (RFC 6749 §4.1.3) and returns the client authentication method that worked. If
 * the provider rejects the client, tries one other method: the methods that a provider lists need not be those that
 * it accepts for this client. A rejected client does not consume the code.
 * @throws {Problem} identity-provider-unavailable
 */
export async function redeemCode(
  storedSecrets: StoredSecrets,
  { strategy, server }: { strategy: Strategy; server: AuthorizationServer },
  { client, accepted, redirectUri, verifier, fetch }: Redemption,
): Promise<{ reply: Response; authentication: ClientAuthentication }> {
  const secret = await storedSecrets.unseal(strategy.clientSecret, secretOwner(strategy))
  const [first, second] = clientAuthMethods({ clientId: strategy.clientId, secret }, server)
  const redeem = async ({ authentication, apply: prove }: ClientAuthMethod) => ({
    authentication,
    reply: await authorizationCodeGrantRequest(
      server,
      client,
      prove,
      accepted,
      redirectUri,
      verifier,
      fetchOptions(fetch),
    ),
  })
  const redeemed = await redeem(first)
  const isTaken = second === undefined || !(await refusesClient(redeemed.reply))
  return isTaken ? redeemed : redeem(second)
}

interface ClientAuthMethod {
  authentication: ClientAuthentication
  apply: ClientAuth
}

/** Prefers the body, which every provider decodes alike. Without a list of methods, RFC 8414 §2 names the header. */
function clientAuthMethods(
  { clientId, secret }: { clientId: string; secret: string },
  { token_endpoint_auth_methods_supported: methods }: AuthorizationServer,
): [ClientAuthMethod, ClientAuthMethod?] {
  const post: ClientAuthMethod = {
    authentication: 'client_secret_post',
    apply: ClientSecretPost(secret),
  }
  const encoded = inHeader(encodeURIComponent(clientId), encodeURIComponent(secret))
  if (methods === undefined) return [encoded, post]
  const takesHeader = methods.includes('client_secret_basic')
  if (!takesHeader) return [post]
  if (methods.includes('client_secret_post')) return [post, encoded]
  const isPlain = encodeURIComponent(clientId + secret) === clientId + secret
  return isPlain ? [encoded] : [encoded, inHeader(clientId, secret)]
}

/**
 * Encodes only what RFC 6749 §2.3.1 requires, because some providers compare the value without decoding it. Every
 * decoder leaves `-`, `.`, `_` and `~` as they are.
 */
function inHeader(clientId: string, secret: string): ClientAuthMethod {
  const bytes = new TextEncoder().encode(`${clientId}:${secret}`)
  const credentials = btoa(String.fromCharCode(...bytes))
  return {
    authentication: 'client_secret_basic',
    apply: (_server, _client, _body, headers) =>
      headers.set('Authorization', `Basic ${credentials}`),
  }
}

/**
 * Providers that look only into the body, or only at the header, report a missing parameter instead of an unknown
 * client.
 */
async function refusesClient(reply: Response): Promise<boolean> {
  if (reply.status === 401) return true
  if (reply.ok) return false
  const error = await errorIn(reply)
  return ['invalid_client', 'unauthorized_client', 'invalid_request'].includes(error ?? '')
}

/** The error code of a reply (RFC 6749 §5.2); null if it has none. */
export async function errorIn(reply: Response): Promise<string | null> {
  const body: unknown = await reply
    .clone()
    .json()
    .catch(() => null)
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  return typeof error === 'string' ? error : null
}
