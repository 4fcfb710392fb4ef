import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { UsernameClaim } from '../storage/username-directory.ts'
import type { SiteHost } from './site.ts'

/**
 * Takes a host for a site, to be confirmed once it is in the site's row. The one way for a site to get a host: null
 * while another site has it, and for 90 days after another site gave it up. Every region is asked, since the
 * directory may have lost the entry; the directory decides between those who ask at the same time.
 * @param by the site that is to have it; null for one that is about to be created
 */
export async function claimHost(
  ctx: Ctx,
  { region, host, by }: { region: Region; host: SiteHost; by: number | null },
): Promise<UsernameClaim | null> {
  const at = ctx.clock()
  const isHeldIn = (asked: Region) => ctx.in(asked).sites.holds(host, { by, at })
  if ((await Promise.all(ctx.regions.all.map(isHeldIn))).includes(true)) return null
  return ctx.directory.claim([claimedName(host)], region, { now: at, insertedBy: isHeldIn })
}

/** A control character stands in no username, so no user can hold the name of a host. */
export function claimedName(host: SiteHost): string {
  return host.kind === 'site' ? `\u0000site ${host.subdomain}` : `\u0000domain ${host.domain}`
}
