import type { Argon2Cost } from '../../src/passwords/argon2id.ts'

/** The lowest cost that Argon2 allows (RFC 9106 §3.1), for all tests except the few about the hash. */
export const LEAST_HASH_COST: Argon2Cost = { memory: 8, passes: 1, lanes: 1 }
