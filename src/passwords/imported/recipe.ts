import { base64url } from 'jose'
import { type Costs, isMethodName, type MethodName, methods } from './methods.ts'

/** How another system computed a digest from a password. */
export interface Recipe {
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
