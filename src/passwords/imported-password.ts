import { notSaved } from '../http/problem.ts'
import type { PasswordHasher } from './password-hasher.ts'

/**
 * Hashes another system's hash. It is verified at the next login and then replaced.
 * @throws {Problem} model-save-error if it cannot be verified here
 */
export async function hashImportedPassword(hasher: PasswordHasher, text: string): Promise<string> {
  const { readImportedHash } = await import('./imported/read-imported-hash.ts')
  const imported = readImportedHash(text)
  if (typeof imported !== 'string') return hasher.hashImported(imported)
  throw notSaved({ imported_password_hash: [`password-hash-${imported}`] })
}
