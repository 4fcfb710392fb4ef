import { getTableColumns } from 'drizzle-orm'
import { changesBetween } from '../history/credential-event.ts'
import type { Author } from '../history/event-by.ts'
import type { Clock } from '../platform/clock.ts'
import { isUniqueViolation } from '../platform/guarded-storage.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { ModelError } from '../platform/problem-types.ts'
import type { Region } from '../regions/region.ts'
import type { UsernameDirectory } from '../regions/username-directory.ts'
import type { User } from './account.ts'
import { users } from './tables.ts'
import type { NewUser, Statement, UserStore } from './user-store.ts'
import { viewUser } from './user-view.ts'
import { comparableName, isWellFormed, looksLikeAddress } from './username.ts'

export interface CreateUserInput
  extends Partial<
    Omit<NewUser, 'id' | 'usernameKey' | 'emailKey' | 'verifiedEmailKey' | 'createdAt'>
  > {
  siteId: number
  username: string
  /** The address is known to be the user's. */
  emailIsVerified?: boolean
  /** Who makes the user; null where nobody asks, as for demo data. */
  by: Author | null
  /** What is made with the user, or not at all. */
  alongside?: (user: { id: number }) => Statement[]
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
  input: CreateUserInput,
): Promise<number> {
  if (!isWellFormed(input.username)) throw notSaved('username-malformed')
  const id = newId(region.code)
  const at = clock()
  const user = userOf(input, { id, at })
  const { usernameKey, verifiedEmailKey } = user
  if (looksLikeAddress(usernameKey) && usernameKey !== verifiedEmailKey)
    throw notSaved('username-is-foreign-address')
  const claim = await directory.claim(usernameKey, region, {
    now: clock(),
    insertedBy: (heldIn) => usersIn(heldIn).nameIsTaken(usernameKey),
  })
  if (!claim) throw notSaved('username-taken')

  const { by, alongside } = input
  const made = { id: newId(region.code), siteId: input.siteId, userId: id, at }
  const changes = changesBetween(null, viewUser(user))
  const event = by && { ...made, event: 'user_created' as const, ...by, changes }
  try {
    await usersIn(region).insert(user, event, alongside?.(user))
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

/** A user as the table will have it: what nothing is said of is as by default. */
export function userOf(
  { emailIsVerified, ...input }: CreateUserInput,
  { id, at }: { id: number; at: number },
): User {
  const emailKey = input.email ? comparableName(input.email) : null
  const user: NewUser = {
    ...{ ...input, id, createdAt: at, usernameKey: comparableName(input.username), emailKey },
    verifiedEmailKey: emailIsVerified ? emailKey : null,
  }
  const columns = Object.entries(getTableColumns(users))
  return Object.fromEntries(
    columns.map(([name, column]) => [name, user[name as keyof NewUser] ?? column.default ?? null]),
  ) as User
}

function notSaved(error: ModelError): Problem {
  return new Problem('processing-failure/model-save-error', {
    reason: error,
    modelErrors: { username: [error] },
  })
}
