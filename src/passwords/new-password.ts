import type { Ctx } from '../context.ts'
import { notSaved } from '../http/problem.ts'
import type { ModelFault } from '../http/problem-types.ts'
import type { Region } from '../storage/region.ts'
import type { User } from '../users/account.ts'
import type { PasswordOwner } from './password-rules.ts'

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
