import wasm from '@phi-ag/argon2/argon2.wasm'

/** OWASP's first choice; measured in docs/decisions/001-password-hash.md. */
export const HASH_COST: Argon2Cost = { memory: 19_456, passes: 2, lanes: 1 }

/** The cost of one hash. Memory in KiB. */
export interface Argon2Cost {
  memory: number
  passes: number
  lanes: number
}

/** The functions of the reference implementation (argon2.h). */
interface Argon2Exports {
  memory: WebAssembly.Memory
  _initialize: () => void
  malloc: (bytes: number) => number
  free: (address: number) => void
  argon2_hash: (
    ...passesMemoryLanes: [number, number, number, ...secretSaltHashEncoded: number[]]
  ) => number
}

const ARGON2ID = 2
const VERSION = 19

/**
 * The sizes of instances, in KiB. An instance's memory never shrinks, and a dropped one stays until it is collected.
 * So an isolate has one instance for its own hashes and at most one larger one, from the first imported hash that
 * needs it.
 */
export const INSTANCE_SIZES = [19_456, 65_536] as const

/** Room beside the blocks for the secret, the salt, the hash and Argon2's own allocations. */
const SLACK_BYTES = 65_536

let instance: { exports: Argon2Exports; memory: number } | undefined

/**
 * Computes Argon2id (RFC 9106). It runs to its end without yielding, so an isolate computes one hash at a time, in
 * one instance's memory.
 * @param length of the hash, in bytes
 */
export async function argon2id(
  secret: string,
  salt: Uint8Array,
  cost: Argon2Cost,
  length = 32,
): Promise<Uint8Array> {
  const { memory, malloc, free, argon2_hash } = exportsFor(cost.memory)
  const bytes = new TextEncoder().encode(secret)
  const secretAt = malloc(bytes.length + salt.length + length)
  const saltAt = secretAt + bytes.length
  const hashAt = saltAt + salt.length
  new Uint8Array(memory.buffer).set(bytes, secretAt)
  new Uint8Array(memory.buffer).set(salt, saltAt)
  const failure = argon2_hash(
    ...([cost.passes, cost.memory, cost.lanes] as const),
    ...[secretAt, bytes.length, saltAt, salt.length, hashAt, length, 0, 0, ARGON2ID, VERSION],
  )
  const hash = new Uint8Array(memory.buffer).slice(hashAt, hashAt + length)
  new Uint8Array(memory.buffer).fill(0, secretAt, hashAt + length)
  free(secretAt)
  if (failure !== 0) throw new Error(`Argon2 failed with ${failure}`)
  return hash
}

function exportsFor(memory: number): Argon2Exports {
  if (!instance || instance.memory < memory) {
    const size = INSTANCE_SIZES.find((size) => size >= memory) ?? memory
    instance = { exports: instantiate(size), memory: size }
  }
  return instance.exports
}

/** Allocates one block of the largest size, because blocks that grow do not share space. */
function instantiate(memory: number): Argon2Exports {
  // TypeScript cannot know the types of a WebAssembly module's exports.
  const exports = new WebAssembly.Instance(wasm).exports as unknown as Argon2Exports
  exports._initialize()
  exports.free(exports.malloc(memory * 1024 + SLACK_BYTES))
  return exports
}
