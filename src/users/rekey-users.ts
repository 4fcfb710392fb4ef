import type { Ctx } from '../context.ts'
import { isUniqueViolation } from '../storage/guarded-storage.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from './account.ts'
import { readEmailAddress } from './email-address.ts'
import type { RekeyStore } from './rekey-store.ts'
import { comparableName, whyNotUsername } from './username.ts'
/** A user about whom an operator has to decide. Nothing changes for them meanwhile. */
export const rekeyFindings = [
  'name-taken',
  'name-not-allowed',
  'name-looks-alike',
  'address-taken',
  'address-undeliverable',
] as const

interface RekeyFinding {
  account: Account
  finding: (typeof rekeyFindings)[number]
  /** The user whom the name looks like; null for other findings. */
  other: string | null
}

/**
 * Gives a region's users the present form of their keys and returns what an operator has to decide. It can be
 * repeated: it continues where it was interrupted, and changes nothing when it is done.
 */
export async function rekeyUsers(
  ctx: Ctx,
  region: Region,
  accounts: Account[],
): Promise<RekeyFinding[]> {
  const store = ctx.in(region).rekeys
  await store.setSkeletons(accounts.map(({ user }) => user))
  const found: RekeyFinding[] = []
  const lookAlikes = await store.lookAlikes(accounts.map(({ user }) => user.id))
  for (const account of accounts) {
    const { user } = account
    const add = (finding: RekeyFinding['finding'], other: string | null = null) =>
      found.push({ account, finding, other })
    if (!(await rekeyName(ctx, region, account))) add('name-taken')
    if (whyNotUsername(user.username) !== null) add('name-not-allowed')
    const lookAlike = lookAlikes.get(user.id)
    if (lookAlike !== undefined) add('name-looks-alike', lookAlike)
    if (!(await rekeyAddress(store, account))) add('address-taken')
    if (user.email !== null && readEmailAddress(user.email) !== user.email)
      add('address-undeliverable')
  }
  return found
}

/** False if another user has the key. */
async function rekeyName(ctx: Ctx, region: Region, { user }: Account): Promise<boolean> {
  const key = comparableName(user.username)
  if (user.usernameKey === key) return true
  const claim = await ctx.directory.claim([key], region, {
    now: ctx.clock(),
    insertedBy: (heldIn) => ctx.in(heldIn).users.nameIsTaken(key, user.id),
    as: `rekey ${user.id}`,
  })
  if (!claim) return false
  try {
    const isChanged = await ctx.in(region).users.setUsernameKey(user, key)
    if (!isChanged) await ctx.directory.release(claim)
    return !isChanged || (await ctx.directory.confirm(claim, ctx.clock()))
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await ctx.directory.confirm(claim, ctx.clock())
    return false
  }
}

/** False if another user of the site has verified the address. Two users who share an address cannot log in by it. */
async function rekeyAddress(store: RekeyStore, { user }: Account): Promise<boolean> {
  if (user.email === null || user.emailKey === null) return true
  const key = comparableName(user.email)
  const isDone = user.emailKey === key && [null, key].includes(user.verifiedEmailKey)
  return isDone || (await store.setEmailKey(user, key))
}
