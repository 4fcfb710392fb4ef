import { Problem } from '../platform/problem.ts'
import type { PasswordHasher } from './password-hasher.ts'

const LEAST_CHARACTERS = 8

/** Hashes a password that is to be set. @throws {Problem} model-save-error when it is too weak */
export async function hashNewPassword(hasher: PasswordHasher, password: string): Promise<string> {
  if (charactersOf(password) < LEAST_CHARACTERS)
    throw new Problem('processing-failure/model-save-error', {
      modelErrors: { password: ['password-too-short'] },
    })
  return hasher.hash(password)
}

/** Each code point counts as one, in the form that is hashed (NIST SP 800-63B-4 §3.1.1.2). */
function charactersOf(password: string): number {
  return Array.from(password.normalize('NFC')).length
}
