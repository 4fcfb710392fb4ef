import { logFailure } from '../../http/log.ts'
import { hasMultipleRegions, siteOrigin } from '../../sites/site.ts'
import type { Region } from '../../storage/region.ts'
import type { Account } from '../../users/account.ts'
import { mailedToDigest, newResetCode, resetCodeDigest } from './reset-code.ts'
import type { ResetCodeRow, ResetCodeStore } from './reset-code-store.ts'

export interface ResetLinkNeeds {
  globalOrigin: URL
  nameDigestKey: CryptoKey
  resetCodesIn: (region: Region) => ResetCodeStore
}

/**
 * Makes a code for a user, remembers it in KV, and answers the link with it and the row to insert. A
 * site that keeps to one region leaves nothing of its users in KV, which is everywhere. A KV that takes
 * nothing in holds no mail back: D1 has the code too.
 */
export async function makeResetLink(
  { globalOrigin, nameDigestKey, resetCodesIn }: ResetLinkNeeds,
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
    mailedTo: user.emailKey && (await mailedToDigest(nameDigestKey, user.emailKey)),
    expiresAt: now + lifetimeMs,
  }
  if (hasMultipleRegions(site))
    await logFailure(resetCodesIn(region).remember(row, now), 'reset code into KV')
  return { row, url: `${siteOrigin(site, globalOrigin)}/reset?code=${code}` }
}
