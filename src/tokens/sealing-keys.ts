import { base64url } from 'jose'

/** Secret keys for what is carried by a client and read by this service alone. The highest version seals. */
export class SealingKeys {
  readonly #keys: Map<string, Uint8Array>
  readonly current: { kid: string; key: Uint8Array }

  /**
   * @param encoded version → base64url of 32 bytes
   * @throws {TypeError} when there is none, or one is not of 256 bits
   */
  constructor(encoded: Record<string, string>) {
    this.#keys = new Map(
      Object.entries(encoded).map(([version, key]) => [version, base64url.decode(key)]),
    )
    const kid = [...this.#keys.keys()].sort((a, b) => Number(b) - Number(a))[0]
    const key = kid === undefined ? undefined : this.#keys.get(kid)
    if (kid === undefined || !key) throw new TypeError('name at least one sealing key')
    if ([...this.#keys.values()].some(({ length }) => length !== 32))
      throw new TypeError('a sealing key has 32 bytes')
    this.current = { kid, key }
  }

  withKid(kid: string | undefined): Uint8Array | null {
    return this.#keys.get(kid ?? '') ?? null
  }
}
