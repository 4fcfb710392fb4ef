import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  processAuthorizationCodeResponse,
  ResponseBodyError,
  validateAuthResponse,
} from 'oauth4webapi'
import type { Clock } from '../platform/clock.ts'
import { rootMessage, warn } from '../platform/log.ts'
import { Problem } from '../platform/problem.ts'
import type { Regions } from '../regions/region.ts'
import type { Site } from '../sites/site.ts'
import { askingBy, providerFetch } from '../sso/ask-provider.ts'
import { readOutsideAddress } from '../sso/issuer-address.ts'
import type { IssuerMemory } from '../sso/issuer-memory.ts'
import { authenticationOf, clientOf } from '../sso/provider-client.ts'
import { issuerOf, type Provider, providerNamed } from '../sso/providers.ts'
import { redirectAddress } from '../sso/redirect-address.ts'
import type { Strategy } from '../sso/strategy.ts'
import { redirectStatus } from '../sso/strategy-view.ts'
import type { StoredSecrets } from '../tokens/stored-secrets.ts'

export interface TestNeeds {
  clock: Clock
  globalOrigin: URL
  regions: Regions
  storedSecrets: StoredSecrets
  issuerMemory: IssuerMemory
}

/** What a test can find. What a provider answered is never shown: its address is the tenant's to choose. */
export const testOutcomes = [
  'works',
  'does-not-answer',
  'metadata-malformed',
  'endpoint-missing',
  'keys-missing',
  'client-refused',
  'redirect-refused',
  'redirect-not-of-site',
  'answer-not-understood',
] as const

export type TestOutcome = (typeof testOutcomes)[number]

/** Enough for a provider to look at who asks before it looks at this. */
const NO_CODE = 'latchkey-asks-whether-it-is-known'

/**
 * Tries all of a strategy that needs no person: the provider's metadata and keys are fetched anew, and a
 * code that cannot be good is redeemed, upon which it says whether it knows the client.
 */
export async function testStrategy(
  needs: TestNeeds,
  strategy: Strategy,
  site: Site,
): Promise<TestOutcome> {
  if (redirectStatus(strategy, site) === 'not_of_site') return 'redirect-not-of-site'
  const provider = providerNamed(strategy.provider) as Provider
  try {
    if (provider.protocol === 'oauth2') {
      const { authorize, token } = provider
      return await testClient(needs, strategy, {
        issuer: new URL(authorize).origin,
        token_endpoint: token,
        token_endpoint_auth_methods_supported: ['client_secret_post'],
      })
    }
    const issuer = issuerOf(provider, strategy) ?? ''
    needs.issuerMemory.forget(issuer)
    return await testOpenIdConnect(needs, strategy, issuer)
  } catch (error) {
    warn('test of a strategy', rootMessage(error))
    return error instanceof Problem && error.status === 503
      ? 'does-not-answer'
      : 'answer-not-understood'
  }
}

async function testOpenIdConnect(
  needs: TestNeeds,
  strategy: Strategy,
  issuer: string,
): Promise<TestOutcome> {
  const now = needs.clock()
  const metadata = await needs.issuerMemory
    .metadataOf(issuer, needs, now)
    .catch((error) => refusedAs('metadata-malformed', error))
  if (typeof metadata === 'string') return metadata
  const { authorization_endpoint, token_endpoint, jwks_uri } = metadata
  const endpoints = [authorization_endpoint, token_endpoint, jwks_uri]
  if (!endpoints.every((endpoint) => readOutsideAddress(endpoint ?? '', needs)))
    return 'endpoint-missing'
  const keys = await needs.issuerMemory
    .withKeysOf({ issuer, by: 'log-in', own: needs, now }, async () => null)
    .catch((error) => refusedAs('keys-missing', error))
  return keys ?? testClient(needs, strategy, metadata)
}

/** An answer that is not good comes to this; none at all is thrown on. */
function refusedAs(outcome: TestOutcome, error: unknown): TestOutcome {
  if (error instanceof Problem && error.status === 503) throw error
  warn('test of a strategy', rootMessage(error))
  return outcome
}

async function testClient(
  needs: TestNeeds,
  strategy: Strategy,
  server: AuthorizationServer,
): Promise<TestOutcome> {
  const client = clientOf(strategy, needs.clock())
  const parameters = new URLSearchParams({ code: NO_CODE, iss: server.issuer })
  const reply = await authorizationCodeGrantRequest(
    server,
    client,
    await authenticationOf(needs.storedSecrets, strategy, server),
    validateAuthResponse(server, client, parameters),
    redirectAddress(strategy, needs.globalOrigin),
    NO_CODE.padEnd(43, '.'),
    askingBy(providerFetch(needs)),
  )
  const refusal = await errorOf(server, client, reply)
  if (refusal === 'invalid_grant' || refusal === 'invalid_code') return 'works'
  if (refusal === 'invalid_client' || refusal === 'unauthorized_client' || reply.status === 401)
    return 'client-refused'
  return refusal?.includes('redirect') ? 'redirect-refused' : 'answer-not-understood'
}

/** The error code of RFC 6749 §5.2, or of those who answer with 200 whatever happens. */
async function errorOf(
  server: AuthorizationServer,
  client: ReturnType<typeof clientOf>,
  reply: Response,
): Promise<string | null> {
  if (reply.ok) {
    const { error } = (await reply.json()) as { error?: unknown }
    return typeof error === 'string' ? error : null
  }
  try {
    await processAuthorizationCodeResponse(server, client, reply)
    return null
  } catch (error) {
    return error instanceof ResponseBodyError ? error.error : null
  }
}
