import type { Ctx } from '../context.ts'
import { text } from '../http/check-parameters.ts'
import { invalidParameter, missingParameter, notSaved } from '../http/problem.ts'
import { hashNewPassword } from './new-password.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { PasswordOwner } from './password-rules.ts'

export const importedHash = text(1024).describe(
  'Another system’s hash of the password, verified and replaced at the first login',
)

const documented: Record<number, string> = { 32: 'MD5', 40: 'SHA', 64: 'SHA256' }

/**
 * A hash as the Files.com API documents it, in the form that names its method: MD5, SHA1 or SHA256 in hex. Elsewhere 32
 * hex digits could be NTLM's, too.
 */
export function asDocumentedBySdks(hash: string): string {
  const method = /^[0-9a-f]+$/i.test(hash) ? documented[hash.length] : undefined
  return method ? `{${method}}${hash}` : hash
}

interface Given {
  password?: string | undefined
  imported_password_hash?: string | undefined
}

/** Returns the hash of whichever was sent; null for a user who is invited to choose a password. @throws {Problem} */
export async function hashGiven(
  ctx: Ctx,
  { password, imported_password_hash: imported }: Given,
  owner: PasswordOwner,
): Promise<string | null> {
  if (password !== undefined && imported !== undefined)
    throw invalidParameter('imported_password_hash', 'both a password and a hash')
  if (imported !== undefined) return hashImportedPassword(ctx.hasher, imported)
  if (password !== undefined)
    return hashNewPassword(ctx, { password, field: 'password', owner, replaces: null })
  if (owner.email !== null) return null
  throw missingParameter(
    'password',
    'neither a password nor a hash, nor an address for an invitation',
  )
}

/**
 * Hashes another system's hash. It is verified at the next login and then replaced.
 * @throws {Problem} model-save-error if it cannot be verified here
 */
async function hashImportedPassword(hasher: PasswordHasher, text: string): Promise<string> {
  const { readImportedHash } = await import('./imported/read-imported-hash.ts')
  const imported = readImportedHash(text)
  if (typeof imported !== 'string') return hasher.hashImported(imported)
  const isCostly = imported === 'too-costly'
  const fault = isCostly ? 'password-hash-too-costly' : 'password-hash-unknown-format'
  throw notSaved({ imported_password_hash: [fault] })
}
