import type { Clock } from '../platform/clock.ts'
import { isUniqueViolation } from '../platform/guarded-storage.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { ModelError } from '../platform/problem-types.ts'
import type { Region } from '../regions/region.ts'
import type { UsernameDirectory } from '../regions/username-directory.ts'
import type { NewUser, UserStore } from './user-store.ts'
import { comparableName, isWellFormed, looksLikeAddress } from './username.ts'

export interface CreateUserInput
  extends Partial<
    Omit<NewUser, 'id' | 'usernameKey' | 'emailKey' | 'verifiedEmailKey' | 'createdAt'>
  > {
  siteId: number
  username: string
  /** The address is known to be the user's. */
  emailIsVerified?: boolean
}

/**
 * Creates a user: claim the name in the directory, insert the row, confirm the name. A crash in
 * between leaves a claim that the next attempt takes over.
 * @throws {Problem} model-save-error
 */
export async function createUser(
  {
    directory,
    usersIn,
    clock,
  }: {
    directory: UsernameDirectory
    usersIn: (region: Region) => UserStore
    clock: Clock
  },
  region: Region,
  { emailIsVerified, ...input }: CreateUserInput,
): Promise<number> {
  if (!isWellFormed(input.username)) throw notSaved('username-malformed')
  const usernameKey = comparableName(input.username)
  const emailKey = input.email ? comparableName(input.email) : null
  const verifiedEmailKey = emailIsVerified ? emailKey : null
  if (looksLikeAddress(usernameKey) && usernameKey !== verifiedEmailKey)
    throw notSaved('username-is-foreign-address')
  const claim = await directory.claim(usernameKey, region, {
    now: clock(),
    insertedBy: (heldIn) => usersIn(heldIn).nameIsTaken(usernameKey),
  })
  if (!claim) throw notSaved('username-taken')

  const id = newId(region.code)
  try {
    await usersIn(region).insert({
      ...input,
      id,
      usernameKey,
      emailKey,
      verifiedEmailKey,
      createdAt: clock(),
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await directory.confirm(claim, clock())
    throw notSaved('username-taken')
  }
  if (!(await directory.confirm(claim, clock()))) {
    await usersIn(region).remove(id)
    throw notSaved('username-taken')
  }
  return id
}

function notSaved(error: ModelError): Problem {
  return new Problem('processing-failure/model-save-error', {
    reason: error,
    modelErrors: { username: [error] },
  })
}
