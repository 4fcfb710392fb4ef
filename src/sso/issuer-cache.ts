import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose'
import type { AuthorizationServer } from 'oauth4webapi'
import * as z from 'zod'
import { given } from '../http/given.ts'
import { HOUR, MINUTE, SECOND } from '../storage/clock.ts'
import { type OwnHosts, readOutsideAddress } from './issuer-address.ts'
import { providerFetch } from './provider-fetch.ts'

const METADATA_KEPT_MS = HOUR
const KEYS_KEPT_MS = 10 * MINUTE
/** An unknown key id refreshes the keys, but not more often than this. */
const KEYS_ASKED_EVERY_MS = 30 * SECOND
const MOST_ISSUERS = 200
/** For this long, a failed issuer is not asked again. */
const FAILURE_KEPT_MS = 5 * SECOND

/** Asymmetric only: a client secret must not verify tokens. */
export const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

interface CachedIssuer {
  metadata: AuthorizationServer
  metadataAt: number
  keys: JWK[]
  keysAt: number
  /** When the keys were last refreshed because of an unknown key id. */
  unknownAt: Record<Bearer, number>
}

/** Who sent the token: the provider, or anybody. Anybody can name unknown keys, so the two have separate limits. */
type Bearer = 'log-in' | 'log-out'

const text = z.string().optional().catch(undefined)
const texts = z.array(z.string()).optional().catch(undefined)

/** The parts of a provider's metadata that are used, if they have the right type. */
const usedMetadata = z.object({
  authorization_endpoint: text,
  token_endpoint: text,
  userinfo_endpoint: text,
  jwks_uri: text,
  end_session_endpoint: text,
  scopes_supported: texts,
  token_endpoint_auth_methods_supported: texts,
  id_token_signing_alg_values_supported: texts,
  authorization_response_iss_parameter_supported: z.boolean().optional().catch(undefined),
})

/** Entries that are not keys are ignored, as RFC 7517 §5 says. */
const key = z.looseObject({ kty: z.string() }).nullable().catch(null)
const keySet = z.object({ keys: z.array(key).max(100) })

/** Why nobody can log in by a provider. */
type ProviderFlaw = 'endpoint-missing' | 'algorithms-unsupported'

/** Returns what makes a provider's metadata unusable; null if nothing does. */
export function flawOf(metadata: AuthorizationServer, own: OwnHosts): ProviderFlaw | null {
  const { authorization_endpoint, token_endpoint, jwks_uri } = metadata
  const isOutside = (endpoint: string | undefined) =>
    endpoint !== undefined && readOutsideAddress(endpoint, own) !== null
  if (![authorization_endpoint, token_endpoint, jwks_uri].every(isOutside))
    return 'endpoint-missing'
  return algorithmsOf(metadata).length === 0 ? 'algorithms-unsupported' : null
}

/** The accepted signature algorithms of ID tokens: those that the provider lists, or RS256 if it lists none. */
export function algorithmsOf(metadata: AuthorizationServer): string[] {
  const { id_token_signing_alg_values_supported: listed = ['RS256'] } = metadata
  return ALGORITHMS.filter((algorithm) => listed.includes(algorithm))
}

/**
 * Caches the published metadata and keys of OpenID Connect providers in this isolate. Times are in milliseconds since
 * the Unix epoch.
 */
export class IssuerCache {
  readonly #known = new Map<string, CachedIssuer>()
  readonly #failed = new Map<string, { error: unknown; at: number }>()

  /** @throws what discovery throws, and identity-provider-unavailable */
  async metadataOf(issuer: string, own: OwnHosts, now: number): Promise<AuthorizationServer> {
    return (await this.#find(issuer, own, now)).metadata
  }

  /** Removes an issuer, so that the next login fetches it again. */
  forget(issuer: string): void {
    this.#known.delete(issuer)
    this.#failed.delete(issuer)
  }

  /**
   * Calls `verify` with the issuer's keys. If none fits, refreshes the keys and tries once more.
   * @throws what `verify` throws
   */
  async withKeysOf<Verified>(
    { issuer, by, own, now }: { issuer: string; by: Bearer; own: OwnHosts; now: number },
    verify: (key: JWTVerifyGetKey) => Promise<Verified>,
  ): Promise<Verified> {
    const known = await this.#find(issuer, own, now)
    if (now - known.keysAt >= KEYS_KEPT_MS) {
      await this.#renewKeys(known, own, now)
      known.unknownAt = { 'log-in': now, 'log-out': now }
    }
    try {
      return await verifyByAny(known.keys, verify)
    } catch (error) {
      const isKnown = !(error instanceof errors.JWKSNoMatchingKey)
      if (isKnown || now - known.unknownAt[by] < KEYS_ASKED_EVERY_MS) throw error
      known.unknownAt[by] = now
      await this.#renewKeys(known, own, now)
      return verifyByAny(known.keys, verify)
    }
  }

  async #find(issuer: string, own: OwnHosts, now: number): Promise<CachedIssuer> {
    const known = this.#known.get(issuer)
    if (known && now - known.metadataAt < METADATA_KEPT_MS) return known
    const failed = this.#failed.get(issuer)
    if (failed && now - failed.at < FAILURE_KEPT_MS) throw failed.error
    try {
      const found = await discover(issuer, own, now)
      keep(this.#known, issuer, found)
      return found
    } catch (error) {
      keep(this.#failed, issuer, { error, at: now })
      throw error
    }
  }

  async #renewKeys(known: CachedIssuer, own: OwnHosts, now: number): Promise<void> {
    const { jwks_uri: jwksUri } = known.metadata
    if (jwksUri === undefined) throw new Error('the provider names no place of its keys')
    const reply = await providerFetch(own)(jwksUri)
    if (!reply.ok) throw new Error(`the provider's keys: ${reply.status}`)
    const { keys } = keySet.parse(await reply.json())
    known.keys = keys.filter((listed) => listed !== null) as JWK[]
    known.keysAt = now
  }
}

/**
 * Tries every key that fits. Several fit when a key is published twice, when keys share a `kid`, or when the token
 * has none.
 */
async function verifyByAny<Verified>(
  keys: JWK[],
  verify: (key: JWTVerifyGetKey) => Promise<Verified>,
): Promise<Verified> {
  try {
    return await verify(createLocalJWKSet({ keys }))
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const fitting of error)
      try {
        return await verify(async () => fitting)
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure
      }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

async function discover(issuer: string, own: OwnHosts, now: number): Promise<CachedIssuer> {
  const { fetchMetadata } = await import('./provider-client.ts')
  const { issuer: named, ...document } = await fetchMetadata(new URL(issuer), providerFetch(own))
  const metadata = { issuer: named, ...given(usedMetadata.parse(document)) }
  return {
    metadata,
    metadataAt: now,
    keys: [],
    keysAt: 0,
    unknownAt: { 'log-in': 0, 'log-out': 0 },
  }
}

/** Stores the newest entry and drops the oldest when the cache is full. */
function keep<Value>(map: Map<string, Value>, issuer: string, value: Value): void {
  map.delete(issuer)
  const [oldest] = map.keys()
  if (oldest !== undefined && map.size >= MOST_ISSUERS) map.delete(oldest)
  map.set(issuer, value)
}
