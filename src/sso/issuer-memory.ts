import { createLocalJWKSet, errors, type JSONWebKeySet } from 'jose'
import { type AuthorizationServer, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'
import * as z from 'zod'
import { HOUR, MINUTE, SECOND } from '../platform/clock.ts'
import { askingBy, providerFetch } from './ask-provider.ts'
import type { OwnHosts } from './issuer-address.ts'

const METADATA_KEPT_MS = HOUR
const KEYS_KEPT_MS = 10 * MINUTE
/** A key that is not among those known makes them be asked for anew, but not more often. */
const KEYS_ASKED_EVERY_MS = 30 * SECOND
const MOST_ISSUERS = 200

/** Asymmetric only: a client's secret signs nothing here. */
export const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

interface Known {
  metadata: AuthorizationServer
  metadataAt: number
  keys: JSONWebKeySet | null
  keysAt: number
}

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) })

/**
 * What OpenID Connect providers publish of themselves, as this isolate remembers it for a while. Times in
 * milliseconds since the Unix epoch.
 */
export class IssuerMemory {
  readonly #known = new Map<string, Known>()

  /** @throws what discovery throws, and identity-provider-unavailable */
  async metadataOf(issuer: string, own: OwnHosts, now: number): Promise<AuthorizationServer> {
    return (await this.#find(issuer, own, now)).metadata
  }

  /** The next that asks learns it anew. */
  forget(issuer: string): void {
    this.#known.delete(issuer)
  }

  /**
   * Calls `verify` with the issuer's keys; where it finds none that fits, once more with fresh ones.
   * @throws what `verify` throws
   */
  async withKeysOf<Verified>(
    { issuer, own, now }: { issuer: string; own: OwnHosts; now: number },
    verify: (keys: ReturnType<typeof createLocalJWKSet>) => Promise<Verified>,
  ): Promise<Verified> {
    const known = await this.#find(issuer, own, now)
    if (!known.keys || now - known.keysAt >= KEYS_KEPT_MS) await this.#renewKeys(known, own, now)
    try {
      return await verify(createLocalJWKSet(known.keys as JSONWebKeySet))
    } catch (error) {
      const isKnown = !(error instanceof errors.JWKSNoMatchingKey)
      if (isKnown || now - known.keysAt < KEYS_ASKED_EVERY_MS) throw error
      await this.#renewKeys(known, own, now)
      return verify(createLocalJWKSet(known.keys as JSONWebKeySet))
    }
  }

  async #find(issuer: string, own: OwnHosts, now: number): Promise<Known> {
    const known = this.#known.get(issuer)
    if (known && now - known.metadataAt < METADATA_KEPT_MS) return known
    const address = new URL(issuer)
    const reply = await discoveryRequest(address, askingBy(providerFetch(own)))
    const metadata = await processDiscoveryResponse(address, reply)
    const found = { metadata, metadataAt: now, keys: null, keysAt: 0 }
    this.#known.delete(issuer)
    const [oldest] = this.#known.keys()
    if (oldest !== undefined && this.#known.size >= MOST_ISSUERS) this.#known.delete(oldest)
    this.#known.set(issuer, found)
    return found
  }

  async #renewKeys(known: Known, own: OwnHosts, now: number): Promise<void> {
    const reply = await providerFetch(own)(known.metadata.jwks_uri ?? '')
    if (!reply.ok) throw new Error(`the provider's keys: ${reply.status}`)
    known.keys = keySet.parse(await reply.json()) as JSONWebKeySet
    known.keysAt = now
  }
}
