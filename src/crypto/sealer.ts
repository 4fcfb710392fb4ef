import { CompactEncrypt, compactDecrypt, EncryptJWT, errors, jwtDecrypt } from 'jose'
import * as z from 'zod'
import type { Clock } from '../storage/clock.ts'
import type { SealingKeys } from './versioned-keys.ts'

/** A kind of sealed text: its `typ`, its content, and its lifetime. */
export interface SealedKind<Content extends z.ZodType> {
  typ: string
  content: Content
  lifetimeSeconds: number
}

/** What sealing needs of the context. */
export interface Sealing {
  sealer: Sealer
  clock: Clock
}

/** Declares a kind of sealed text, with the functions that seal and open it. */
export function sealedKind<Content extends z.ZodType<Record<string, unknown>>>(
  typ: string,
  lifetimeSeconds: number,
  content: Content,
) {
  const kind = { typ, lifetimeSeconds, content }
  return {
    ...kind,
    seal: ({ sealer, clock }: Sealing, sealed: z.infer<Content>) =>
      sealer.seal(kind, sealed, clock()),
    /** Null if the text is not ours, of another kind, or expired. Does not check whether it was used. */
    unseal: ({ sealer, clock }: Sealing, text: string) => sealer.unseal(kind, text, clock()),
  }
}

/** What every sealed text has besides its content. `exp` in seconds since the Unix epoch. */
const seal = z.object({ jti: z.string(), exp: z.int() })

export type Seal = z.infer<typeof seal>

/**
 * Seals text that a client carries and may neither read nor change: a JWE (RFC 7516) under our own key. The `typ`
 * keeps kinds apart (RFC 8725 §3.12).
 */
export class Sealer {
  readonly #keys: SealingKeys

  constructor(keys: SealingKeys) {
    this.#keys = keys
  }

  /** @param now milliseconds since the Unix epoch */
  async seal<Content extends z.ZodType<Record<string, unknown>>>(
    kind: SealedKind<Content>,
    content: z.infer<Content>,
    now: number,
  ): Promise<string> {
    const { kid, key } = this.#keys.sealingAt(now)
    const issuedAt = Math.floor(now / 1_000)
    return new EncryptJWT(content)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: kind.typ, kid })
      .setJti(crypto.randomUUID())
      .setExpirationTime(issuedAt + kind.lifetimeSeconds)
      .encrypt(key)
  }

  /** Returns the content; null if the text is not ours, of another kind, or expired. */
  async unseal<Content extends z.ZodType<Record<string, unknown>>>(
    kind: SealedKind<Content>,
    text: string,
    now: number,
  ): Promise<(z.infer<Content> & Seal) | null> {
    try {
      const { payload } = await jwtDecrypt(text, this.#keys.named, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        typ: kind.typ,
        currentDate: new Date(now),
        requiredClaims: ['exp', 'jti'],
      })
      return { ...kind.content.parse(payload), ...seal.parse(payload) }
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null
      throw error
    }
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Seals secrets that a database stores and only this service reads: a JWE (RFC 7516) under a key outside the
 * database, bound to its owner.
 */
export class StoredSecrets {
  readonly #keys: SealingKeys

  constructor(keys: SealingKeys) {
    this.#keys = keys
  }

  /** @param owner such as `second-factor:12`; @param now milliseconds */
  async seal(text: string, owner: string, now: number): Promise<string> {
    const { kid, key } = this.#keys.sealingAt(now)
    return new CompactEncrypt(encoder.encode(text))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, sub: owner })
      .encrypt(key)
  }

  /** @throws {Error} if it belongs to another owner, or its key is gone */
  async unseal(sealed: string, owner: string): Promise<string> {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, this.#keys.named, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    if (protectedHeader.sub !== owner) throw new Error('a sealed secret of something else')
    return decoder.decode(plaintext)
  }
}
