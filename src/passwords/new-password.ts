import type { Ctx } from '../context.ts'
import { text } from '../http/check-parameters.ts'
import { invalidParameter, type ModelFault, missingParameter, notSaved } from '../http/problem.ts'
import type { Region } from '../storage/region.ts'
import type { User } from '../users/account.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { PasswordOwner } from './password-rules.ts'

const LIMIT_BYTES = 1024

/** A new password. It is never cut: more than 1,024 bytes of UTF-8 are refused. */
export const newPasswordParameter = text(LIMIT_BYTES).refine(
  (password) => new TextEncoder().encode(password).length <= LIMIT_BYTES,
)

/** Each comparison takes a hash, so a site cannot ask for more than this. */
const MOST_COMPARED = 24

interface NewPassword {
  password: string
  /** The parameter's name, for error messages. */
  field: 'password' | 'change_password'
  owner: PasswordOwner
  /** The user whose password it replaces; null for a new user. */
  replaces: { region: Region; user: User; mustDiffer: boolean } | null
}

/**
 * Checks and hashes a new password. Every new password goes through here, whoever sets it.
 * @throws {Problem} model-save-error with every rule that the password breaks
 */
export async function hashNewPassword(ctx: Ctx, set: NewPassword): Promise<string> {
  const { password, owner } = set
  const { brokenRules } = await import('./password-rules.ts')
  refuse(set, brokenRules(password, owner))
  if (await wasUsed(ctx, set)) refuse(set, ['password-used-before'])
  if (await ctx.breachCheck?.knows(password)) refuse(set, ['password-is-breached'])
  return ctx.hasher.hash(password)
}

/** @throws {Problem} model-save-error if a confirmation was sent and differs */
export function checkConfirmation(sent: {
  password: string
  confirmation: string | undefined
  field: string
}): void {
  if (sent.confirmation !== undefined && sent.confirmation !== sent.password)
    throw notSaved({ [sent.field]: ['password-not-confirmed'] })
}

function refuse({ field }: NewPassword, faults: ModelFault[]): void {
  if (faults.length > 0) throw notSaved({ [field]: faults })
}

/**
 * Whether the password is one of the previous ones that the site forbids. The current one counts too, and it is
 * always forbidden when the user must change it.
 */
async function wasUsed(ctx: Ctx, { password, owner, replaces }: NewPassword): Promise<boolean> {
  if (!replaces) return false
  const { region, user, mustDiffer } = replaces
  const least = mustDiffer ? 1 : 0
  const forbidden = Math.min(Math.max(owner.site.maxPriorPasswords, least), MOST_COMPARED)
  if (forbidden === 0) return false
  const { id, passwordHash } = user
  const prior = forbidden > 1 ? await ctx.in(region).priorPasswords.hashesOf(id, forbidden - 1) : []
  const hashes = [...(passwordHash === null ? [] : [passwordHash]), ...prior]
  for (const hash of hashes) if (await ctx.hasher.verify(password, hash)) return true
  return false
}

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
  const { readImportedHash } = await import('./imported/imported-hash.ts')
  const imported = readImportedHash(text)
  if (typeof imported !== 'string') return hasher.hashImported(imported)
  const isCostly = imported === 'too-costly'
  const fault = isCostly ? 'password-hash-too-costly' : 'password-hash-unknown-format'
  throw notSaved({ imported_password_hash: [fault] })
}
