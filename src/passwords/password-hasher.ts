import { base64url } from 'jose'
import { constantTimeEqual, randomBytes } from '../crypto/digests.ts'
import { logMisconfiguration } from '../http/log.ts'
import type { Clock } from '../storage/clock.ts'
import { type Argon2Cost, argon2id } from './argon2id.ts'
import type { ImportedHash } from './imported/imported-hash.ts'
import type { Peppers } from './peppers.ts'
import { formatPhc, isImported, parsePhc, type StoredHash } from './phc-string.ts'

/** Hashed for unknown names, so that the work is the same. No password matches it. */
const NOBODYS_SALT = new Uint8Array(16)
const NOBODYS_HASH = new Uint8Array(32)

/** Hashes and verifies passwords: HMAC with a pepper, then Argon2id, stored as a PHC string. */
export class PasswordHasher {
  readonly #peppers: Peppers
  readonly #clock: Clock
  /** The cost of new hashes, and of the dummy. */
  readonly #cost: Argon2Cost

  constructor(peppers: Peppers, { clock, cost }: { clock: Clock; cost: Argon2Cost }) {
    this.#peppers = peppers
    this.#clock = clock
    this.#cost = cost
  }

  async hash(password: string): Promise<string> {
    const pepper = this.#peppers.versionAt(this.#clock())
    const salt = randomBytes(16)
    const hash = await argon2id(await this.#peppers.apply(pepper, password), salt, this.#cost)
    return formatPhc({ cost: this.#cost, pepper, salt, hash })
  }

  /**
   * Hashes another system's digest and stores how it was computed, so that a stolen table reveals no more about
   * imported passwords than about others.
   */
  async hashImported({ recipe, digest }: ImportedHash): Promise<string> {
    const { writeImported } = await import('./imported/imported-hash.ts')
    return writeImported(recipe, await this.hash(base64url.encode(digest)))
  }

  /**
   * Whether a password matches. Computes one Argon2id in every case: if there is no hash to verify (unknown name, no
   * password, or an unknown pepper), it hashes a dummy at the current cost. For an imported hash it first computes
   * the other system's digest from the password as sent, and if that is wrong, from its other Unicode forms, which
   * other keyboards send.
   */
  async verify(password: string, stored: string | null): Promise<boolean> {
    if (stored === null || !isImported(stored)) return this.#verifyOwn(password, stored)
    const { followRecipe, readImported } = await import('./imported/imported-hash.ts')
    const imported = readImported(stored)
    if (!imported) return this.#verifyOwn(password, stored)
    const forms = [password, password.normalize('NFC'), password.normalize('NFD')]
    for (const form of new Set(forms)) {
      const digest = await followRecipe(imported.recipe, form)
      if (await this.#verifyOwn(base64url.encode(digest), imported.phc)) return true
    }
    return false
  }

  async #verifyOwn(secret: string, stored: string | null): Promise<boolean> {
    const parsed = this.#verifiable(stored)
    const { cost, pepper, salt, hash } = parsed ?? {
      cost: this.#cost,
      pepper: this.#peppers.versionAt(this.#clock()),
      salt: NOBODYS_SALT,
      hash: NOBODYS_HASH,
    }
    const computed = await argon2id(await this.#peppers.apply(pepper, secret), salt, cost)
    return constantTimeEqual(computed, hash) && parsed !== null
  }

  #verifiable(stored: string | null): StoredHash | null {
    const parsed = stored === null ? null : parsePhc(stored)
    if (!parsed || this.#peppers.has(parsed.pepper)) return parsed
    logMisconfiguration(
      `PASSWORD_PEPPERS lacks version ${parsed.pepper}, which hashes were made with`,
    )
    return null
  }

  /** Whether a hash was imported, or has another pepper or cost than new hashes. */
  isOutdated(stored: string): boolean {
    const parsed = parsePhc(stored)
    if (!parsed) return true
    const { cost, pepper } = parsed
    return (
      pepper !== this.#peppers.versionAt(this.#clock()) ||
      cost.memory !== this.#cost.memory ||
      cost.passes !== this.#cost.passes ||
      cost.lanes !== this.#cost.lanes
    )
  }
}
