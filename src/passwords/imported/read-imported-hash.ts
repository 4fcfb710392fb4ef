import { isMethodName, methods } from './methods.ts'
import type { Recipe } from './recipe.ts'
import { readSpelling } from './spellings.ts'

/** Another system's hash, which can be verified here. */
export interface ImportedHash {
  recipe: Recipe
  digest: Uint8Array
}

type Unusable = 'unknown-format' | 'too-costly'

/** Shorter digests would match some password by chance; longer ones belong to no method. */
const LEAST_DIGEST_BYTES = 16
/** The length of SHA-512 crypt's text. */
const MOST_DIGEST_BYTES = 86
const MOST_SALT_BYTES = 128

/** Reads another system's hash, or returns why it cannot be verified here. */
export function readImportedHash(text: string): ImportedHash | Unusable {
  const spelled = readSpelling(text)
  if (!spelled) return 'unknown-format'
  const { method, costs, salt, digest } = spelled
  if (!isMethodName(method) || !salt || !digest) return 'unknown-format'
  const { isValid, isAffordable } = methods[method]
  const isSized =
    salt.length <= MOST_SALT_BYTES &&
    digest.length >= LEAST_DIGEST_BYTES &&
    digest.length <= MOST_DIGEST_BYTES
  if (!isSized || !isValid(costs, salt)) return 'unknown-format'
  if (!isAffordable(costs, digest.length)) return 'too-costly'
  return { digest, recipe: { method, costs, salt, length: digest.length } }
}
