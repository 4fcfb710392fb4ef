import { isMethodName, methods } from './methods.ts'
import type { Recipe } from './recipe.ts'
import { readSpelling } from './spellings.ts'

/** A hash that another system made, which can be verified here. */
export interface ImportedHash {
  recipe: Recipe
  digest: Uint8Array
}

export type Unusable = 'unknown-format' | 'too-costly'

/** So short that some password would fit by chance, or longer than any method needs. */
const LEAST_DIGEST_BYTES = 16
/** The text that SHA-512 crypt writes. */
const MOST_DIGEST_BYTES = 86
const MOST_SALT_BYTES = 128

/** Reads a hash as another system wrote it, or says why nothing can be verified against it here. */
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
