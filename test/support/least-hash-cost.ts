import type { Argon2Cost } from '../../src/passwords/argon2id.ts'

/** The least that Argon2 takes (RFC 9106 §3.1): for all tests but the few that are about the hash. */
export const LEAST_HASH_COST: Argon2Cost = { memory: 8, passes: 1, lanes: 1 }
