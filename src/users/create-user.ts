import type { Clock } from '../platform/clock.ts'
import { isUniqueViolation } from '../platform/guarded-storage.ts'
import { newId } from '../platform/ids.ts'
import type { Region } from '../regions/region.ts'
import type { UsernameDirectory } from '../regions/username-directory.ts'
import type { NewUser, UserStore } from './user-store.ts'
import { comparableName, looksLikeAddress } from './username.ts'

/** The username is taken, in this region or another. */
export class UsernameTaken extends Error {
  override name = 'UsernameTaken'
}

/** The username is a mail address that is not known to be the user's own. */
export class UsernameIsForeignAddress extends Error {
  override name = 'UsernameIsForeignAddress'
}

export interface CreateUserInput
  extends Partial<Omit<NewUser, 'id' | 'usernameKey' | 'verifiedEmailKey' | 'createdAt'>> {
  siteId: number
  username: string
  /** The address is known to be the user's. */
  emailIsVerified?: boolean
}

/**
 * Creates a user: claim the name in the directory, insert the row, confirm the name. A crash in
 * between leaves a claim that the next attempt takes over.
 * @throws {UsernameTaken}
 * @throws {UsernameIsForeignAddress}
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
  const usernameKey = comparableName(input.username)
  const verifiedEmailKey = emailIsVerified && input.email ? comparableName(input.email) : null
  if (looksLikeAddress(usernameKey) && usernameKey !== verifiedEmailKey)
    throw new UsernameIsForeignAddress(input.username)
  const claim = await directory.claim(usernameKey, region, {
    now: clock(),
    insertedBy: (heldIn) => usersIn(heldIn).nameIsTaken(usernameKey),
  })
  if (!claim) throw new UsernameTaken(input.username)

  const id = newId(region.code)
  try {
    await usersIn(region).insert({
      ...input,
      id,
      usernameKey,
      verifiedEmailKey,
      createdAt: clock(),
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await directory.confirm(claim, clock())
    throw new UsernameTaken(input.username)
  }
  if (!(await directory.confirm(claim, clock()))) {
    await usersIn(region).remove(id)
    throw new UsernameTaken(input.username)
  }
  return id
}
