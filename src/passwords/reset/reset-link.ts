import type { Ctx } from '../../context.ts'
import { logFailure } from '../../http/log.ts'
import { hasMultipleRegions, siteOrigin } from '../../sites/site.ts'
import { DAY } from '../../storage/clock.ts'
import type { Region } from '../../storage/region.ts'
import type { Account } from '../../users/account.ts'
import { mailedToDigest, newResetCode, resetCodeDigest } from './reset-code.ts'
import type { ResetCodeRow } from './reset-code-store.ts'

/** How long a link is good in a mail that its reader did not ask for: it may lie in a mailbox over night. */
export const UNASKED_LINK_LIFETIME_MS = DAY

/** Whether whoever has a password from an admin may choose their own by a link. Shared accounts have no one owner. */
export function mayChooseOwnPassword({ user, site }: Account): boolean {
  return user.selfManaged && !user.disabled && !site.disablePasswordReset
}

/**
 * Makes a code for a user, remembers it in KV, and answers the link with it and the row to insert. A
 * site that keeps to one region leaves nothing of its users in KV, which is everywhere. A KV that takes
 * nothing in holds no mail back: D1 has the code too.
 */
export async function makeResetLink(
  ctx: Ctx,
  region: Region,
  {
    account: { user, site },
    now,
    lifetimeMs,
  }: { account: Account; now: number; lifetimeMs: number },
): Promise<{ row: ResetCodeRow; url: string }> {
  const code = newResetCode(region)
  const row = {
    digest: await resetCodeDigest(code),
    userId: user.id,
    credentialVersion: user.credentialVersion,
    mailedTo: user.emailKey && (await mailedToDigest(ctx.nameDigestKey, user.emailKey)),
    expiresAt: now + lifetimeMs,
  }
  if (hasMultipleRegions(site))
    await logFailure(ctx.in(region).resetCodes.remember(row, now), 'reset code into KV')
  return { row, url: `${siteOrigin(site, ctx.globalOrigin)}/reset?code=${code}` }
}
