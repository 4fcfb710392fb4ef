import type { Argon2Cost } from './argon2id.ts'

/** OWASP's first choice; measured in docs/decisions/001-password-hash.md. */
export const HASH_COST: Argon2Cost = { memory: 19_456, passes: 2, lanes: 1 }
