import type { Ctx } from '../context.ts'
import { randomHex } from '../crypto/digests.ts'
import { hasMultipleRegions } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import { isLimited, type LiveSession, sessionTimeout } from './session.ts'
import { SESSION_AUDIENCE, SETUP_AUDIENCE } from './session-token.ts'

/** Signs the token of a session. It expires with the session's present timeout. */
export async function issueToken(ctx: Ctx, live: LiveSession, region: Region): Promise<string> {
  const now = ctx.clock()
  const claims = {
    sub: String(live.user.id),
    sid: live.session.id,
    site: live.site.id,
    region: region.name,
    multiple_regions: hasMultipleRegions(live.site),
    read_only: live.user.readOnly,
    epoch: live.session.epoch,
    jti: randomHex(16),
    iat: Math.floor(now / 1_000),
    exp: Math.floor(sessionTimeout(live) / 1_000),
  }
  const audience = isLimited(live, now) ? SETUP_AUDIENCE : SESSION_AUDIENCE
  return ctx.tokens.sign(claims, audience, now)
}
