import { base64url } from 'jose'
import { type Costs, isMethodName, type MethodName, methods } from './methods.ts'
import { readSpelling } from './spellings.ts'

/** How another system computed a digest from a password. */
interface Recipe {
  method: MethodName
  costs: Costs
  salt: Uint8Array
  /** Of the digest, in bytes. */
  length: number
}

/** Computes the digest that another system would compute from exactly this password. */
export async function followRecipe(
  { method, ...work }: Recipe,
  password: string,
): Promise<Uint8Array> {
  return methods[method].digest({ ...work, password })
}

/** Returns `imported$pbkdf2-sha256$i=29000,l=32$salt`, which precedes the digest's PHC string. */
export function writeImported({ method, costs, salt, length }: Recipe, phc: string): string {
  const parameters = [
    ...methods[method].costs.map((name) => `${name}=${costs[name]}`),
    `l=${length}`,
  ]
  return `imported$${method}$${parameters}$${base64url.encode(salt)}${phc}`
}

/** Reads what writeImported wrote; null for anything else. */
export function readImported(stored: string): { recipe: Recipe; phc: string } | null {
  const [, method, parameters, salt, phc] =
    /^imported\$([\w-]+)\$([\w=,]+)\$([\w-]*)(\$argon2id\$.+)$/.exec(stored) ?? []
  if (parameters === undefined || salt === undefined || phc === undefined) return null
  if (!isMethodName(method)) return null
  const { l: length, ...costs } = Object.fromEntries(
    parameters.split(',').map((part) => {
      const [, name, value] = /^([a-z]+)=(\d+)$/.exec(part) ?? []
      return [name, Number(value)] as const
    }),
  )
  const isWhole = methods[method].costs.every((name) => Number.isSafeInteger(costs[name]))
  if (!isWhole || !length) return null
  return { phc, recipe: { method, costs, salt: new Uint8Array(base64url.decode(salt)), length } }
}

/** Another system's hash, which can be verified here. */
export interface ImportedHash {
  recipe: Recipe
  digest: Uint8Array
}

/** Shorter digests would match some password by chance; longer ones belong to no method. */
const LEAST_DIGEST_BYTES = 16
/** The length of SHA-512 crypt's text. */
const MOST_DIGEST_BYTES = 86
const MOST_SALT_BYTES = 128

/** Reads another system's hash, or returns why it cannot be verified here. */
export function readImportedHash(text: string): ImportedHash | 'unknown-format' | 'too-costly' {
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
