import { randomHex } from '../crypto/digests.ts'
import { hasMultipleRegions } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import { isLimited, type LiveSession, sessionTimeout } from './session.ts'
import { SESSION_AUDIENCE, SETUP_AUDIENCE, type SessionTokens } from './session-token.ts'

/** Signs the token of a session. It expires with the session's present timeout. */
export async function issueToken(
  tokens: SessionTokens,
  live: LiveSession,
  issued: { region: Region; now: number },
): Promise<string> {
  const claims = {
    sub: String(live.user.id),
    sid: live.session.id,
    site: live.site.id,
    region: issued.region.name,
    multiple_regions: hasMultipleRegions(live.site),
    read_only: live.user.readOnly,
    epoch: live.session.epoch,
    jti: randomHex(16),
    iat: Math.floor(issued.now / 1_000),
    exp: Math.floor(sessionTimeout(live) / 1_000),
  }
  const audience = isLimited(live, issued.now) ? SETUP_AUDIENCE : SESSION_AUDIENCE
  return tokens.sign(claims, audience, issued.now)
}
