import { hashImportedPassword } from '../passwords/imported-password.ts'
import { hashNewPassword } from '../passwords/new-password.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import { text } from '../platform/check-parameters.ts'
import { Problem } from '../platform/problem.ts'

export const importedHash = text(1024).describe(
  'In place of a password, its hash by another system: verified at the first log in, then replaced',
)

interface Given {
  password?: string | undefined
  imported_password_hash?: string | undefined
}

/** The hash of exactly one of the two. @throws {Problem} */
export async function hashGiven(
  hasher: PasswordHasher,
  { password, imported_password_hash: imported }: Given,
): Promise<string> {
  if (password !== undefined && imported !== undefined)
    throw new Problem('bad-request/request-params-invalid', {
      values: { name: 'imported_password_hash' },
      reason: 'both a password and a hash',
    })
  if (imported !== undefined) return hashImportedPassword(hasher, imported)
  if (password !== undefined) return hashNewPassword(hasher, password)
  throw new Problem('bad-request/request-params-required', {
    values: { name: 'password' },
    reason: 'neither a password nor a hash',
  })
}
