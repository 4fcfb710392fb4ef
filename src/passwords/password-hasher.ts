import { base64url } from 'jose'
import { constantTimeEqual, randomBytes } from '../crypto/digests.ts'
import { logMisconfiguration } from '../http/log.ts'
import type { Clock } from '../storage/clock.ts'
import { type Argon2Cost, argon2id } from './argon2id.ts'
import type { ImportedHash } from './imported/read-imported-hash.ts'
import { followRecipe, readImported, writeImported } from './imported/recipe.ts'
import type { Peppers } from './peppers.ts'
import { formatPhc, parsePhc, type StoredHash } from './phc-string.ts'

/** Compared with when nobody has the name, so that the work is the same. No password leads to it. */
const NOBODYS_SALT = new Uint8Array(16)
const NOBODYS_HASH = new Uint8Array(32)

/** Hashes and verifies passwords: HMAC with a pepper, then Argon2id, kept as a PHC string. */
export class PasswordHasher {
  readonly #peppers: Peppers
  readonly #clock: Clock
  /** Of new hashes, and of the work where there is none to verify. */
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
   * Hashes what another system made of a password, and keeps beside it how that was made: a stolen table
   * tells no more of a password that was imported than of any other.
   */
  async hashImported({ recipe, digest }: ImportedHash): Promise<string> {
    return writeImported(recipe, await this.hash(base64url.encode(digest)))
  }

  /**
   * Whether the password is the one that was hashed. One Argon2id is computed in every case: where none
   * can be verified (nobody has the name, the user has no password, or the hash's pepper is not
   * configured) a dummy of the current cost. Before an imported one comes what the other system did, with the
   * password as it was sent, and where that is not right in the Unicode forms that other keyboards send.
   */
  async verify(password: string, stored: string | null): Promise<boolean> {
    const imported = stored === null ? null : readImported(stored)
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

  /** Whether a hash was imported, or made with another pepper or cost than new ones are. */
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
