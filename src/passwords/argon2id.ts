import Argon2 from '@phi-ag/argon2'
import wasm from '@phi-ag/argon2/argon2.wasm'

/** What one hash costs. Memory in KiB. */
export interface Argon2Cost {
  memory: number
  passes: number
  lanes: number
}

let instance: Promise<Argon2> | undefined

/**
 * Argon2id (RFC 9106), 32 bytes. Runs to its end without yielding, so hashes run one at a time in an
 * isolate, on the one memory of the one instance.
 * @param secret ASCII only: the library takes a text's length in UTF-16 units for its length in bytes,
 *   and would cut any other text short.
 */
export async function argon2id(
  secret: string,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array> {
  instance ??= WebAssembly.instantiate(wasm).then((module) => new Argon2(module))
  const { hash } = (await instance).hash(secret, {
    salt,
    hashLength: 32,
    memoryCost: cost.memory,
    timeCost: cost.passes,
    parallelism: cost.lanes,
  })
  return hash
}
