import { base64url } from 'jose'
import { type Costs, isMethodName, type MethodName, methods } from './methods.ts'

/** How another system came from a password to a digest. */
export interface Recipe {
  method: MethodName
  costs: Costs
  salt: Uint8Array
  /** Of the digest, in bytes. */
  length: number
}

/** Repeats what another system did with a password: with these very characters, in no other form. */
export async function followRecipe(
  { method, ...work }: Recipe,
  password: string,
): Promise<Uint8Array> {
  return methods[method].digest({ ...work, password })
}

/** Writes `imported$pbkdf2-sha256$i=29000,l=32$salt` in front of the PHC string of the digest. */
export function writeImported({ method, costs, salt, length }: Recipe, phc: string): string {
  const parameters = [
    ...methods[method].costs.map((name) => `${name}=${costs[name]}`),
    `l=${length}`,
  ]
  return `imported$${method}$${parameters}$${base64url.encode(salt)}${phc}`
}

/** Reads what writeImported wrote; null for anything else. */
export function readImported(stored: string): { recipe: Recipe; phc: string } | null {
  const [, method = '', parameters = '', salt = '', phc = ''] =
    /^imported\$([\w-]+)\$([\w=,]+)\$([\w-]*)(\$argon2id\$.+)$/.exec(stored) ?? []
  if (!isMethodName(method)) return null
  const values = new URLSearchParams(parameters.replaceAll(',', '&'))
  const costs = methods[method].costs.map((name) => [name, Number(values.get(name))] as const)
  return {
    phc,
    recipe: {
      method,
      costs: Object.fromEntries(costs),
      salt: new Uint8Array(base64url.decode(salt)),
      length: Number(values.get('l')),
    },
  }
}
