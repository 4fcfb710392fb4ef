import { type Author, changesBetween } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { notSaved } from '../http/problem.ts'
import { withoutSpaceAround } from '../http/typed-text.ts'
import type { Statement } from '../storage/batch.ts'
import { isUniqueViolation } from '../storage/guarded-storage.ts'
import { newId } from '../storage/ids.ts'
import { rowOf } from '../storage/insert-from.ts'
import type { Region } from '../storage/region.ts'
import type { User } from './account.ts'
import { readEmailAddress } from './email-address.ts'
import { skeletonOf } from './look-alikes.ts'
import { users } from './tables.ts'
import type { NewUser } from './user-store.ts'
import { settingsOf } from './user-view.ts'
import { comparableName, looksLikeAddress, nameKeys, whyNotUsername } from './username.ts'

export interface CreateUserInput
  extends Partial<
    Omit<
      NewUser,
      'id' | 'usernameKey' | 'usernameSkeleton' | 'emailKey' | 'verifiedEmailKey' | 'createdAt'
    >
  > {
  siteId: number
  username: string
  emailIsVerified?: boolean
  /** Who creates the user; null for demo data. */
  by: Author | null
  /** Statements that run with the insertion, or not at all. */
  alongside?: (user: { id: number }) => Statement[]
}

/**
 * Creates a user in three steps: claims the name in the directory, inserts the row, confirms the name. After a crash
 * in between, the next attempt takes over the claim.
 * @throws {Problem} model-save-error
 */
export async function createUser(
  ctx: Ctx,
  region: Region,
  given: CreateUserInput,
): Promise<number> {
  const input = asKept(given)
  const id = newId(region.code)
  const at = ctx.clock()
  const user = userOf(input, { id, at })
  const { usernameKey, verifiedEmailKey } = user
  if (looksLikeAddress(usernameKey) && usernameKey !== verifiedEmailKey)
    throw notSaved({ username: ['username-is-foreign-address'] })
  const claim = await ctx.directory.claim(nameKeys(input.username), region, {
    now: ctx.clock(),
    insertedBy: (heldIn) => ctx.in(heldIn).users.nameIsTaken(input.username),
  })
  if (!claim) throw notSaved({ username: ['username-taken'] })

  const { by, alongside } = input
  const made = { id: newId(region.code), siteId: input.siteId, userId: id, at }
  const changes = changesBetween(null, settingsOf(user))
  const event = by && { ...made, event: 'user_created' as const, ...by, changes }
  try {
    if ((await ctx.in(region).users.insert(user, event, alongside?.(user))) === 'looks-alike') {
      await ctx.directory.release(claim)
      throw notSaved({ username: ['username-looks-alike'] })
    }
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await ctx.directory.confirm(claim, ctx.clock())
    throw notSaved({ username: ['username-taken'] })
  }
  if (!(await ctx.directory.confirm(claim, ctx.clock()))) {
    await ctx.in(region).users.remove(id)
    throw notSaved({ username: ['username-taken'] })
  }
  return id
}

/** @throws {Problem} model-save-error for a name or address that no new user may have */
function asKept(input: CreateUserInput): CreateUserInput {
  const username = withoutSpaceAround(input.username)
  const wrong = whyNotUsername(username)
  if (wrong) throw notSaved({ username: [wrong] })
  const email = input.email ? readEmailAddress(input.email) : null
  if (input.email && email === null) throw notSaved({ email: ['email-malformed'] })
  return { ...input, username, email }
}

/** Returns the row of a new user, with defaults for everything that was not given. */
export function userOf(
  { emailIsVerified, ...input }: CreateUserInput,
  { id, at }: { id: number; at: number },
): User {
  const emailKey = input.email ? comparableName(input.email) : null
  return rowOf(users, {
    ...input,
    id,
    createdAt: at,
    usernameKey: comparableName(input.username),
    usernameSkeleton: skeletonOf(input.username),
    emailKey,
    verifiedEmailKey: emailIsVerified ? emailKey : null,
  })
}
