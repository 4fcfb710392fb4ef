import type { Ctx } from '../../context.ts'
import { logFailure } from '../../http/log.ts'
import { mayUse } from '../../login/policy.ts'
import { hasMultipleRegions, siteOrigin } from '../../sites/site.ts'
import { DAY } from '../../storage/clock.ts'
import type { Region } from '../../storage/region.ts'
import type { Account } from '../../users/account.ts'
import { mailedToDigest, newResetCode, resetCodeDigest } from './reset-code.ts'
import type { ResetCodeRow } from './reset-code-store.ts'

/** How long a link is valid in an email that the reader did not ask for, which may be read the next day. */
export const UNASKED_LINK_LIFETIME_MS = DAY

/** Whether a user whose password an admin set may choose their own by a link. Shared users have no single owner. */
export function mayChooseOwnPassword({ user, site }: Account): boolean {
  return user.selfManaged && mayUse(user, 'password') && !site.disablePasswordReset
}

/**
 * Creates a code, stores it in KV, and returns the link and the row to insert. For sites that are limited to one
 * region, KV stores nothing, because KV is global. If KV fails, the email is still sent, because D1 has the code too.
 */
export async function makeResetLink(
  ctx: Ctx,
  region: Region,
  { account, now, lifetimeMs }: { account: Account; now: number; lifetimeMs: number },
): Promise<{ row: ResetCodeRow; url: string }> {
  const { user, site } = account
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
