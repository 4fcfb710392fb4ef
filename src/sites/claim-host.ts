import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { UsernameClaim } from '../storage/username-directory.ts'
import type { SiteHost } from './site.ts'

/**
 * Claims a host for a site, to be confirmed once the site's row has it. This is the only way for a site to get a
 * host. Null while another site has it, and for 90 days after another site gave it up. Asks every region, because the
 * directory may have lost the entry; the directory decides between parallel requests.
 * @param by the site; null if it is about to be created
 */
export async function claimHost(
  ctx: Ctx,
  { region, host, by }: { region: Region; host: SiteHost; by: number | null },
): Promise<UsernameClaim | null> {
  const at = ctx.clock()
  const isHeldIn = (region: Region) => ctx.in(region).sites.holds(host, { by, at })
  if ((await Promise.all(ctx.regions.all.map(isHeldIn))).includes(true)) return null
  return ctx.directory.claim([claimedName(host)], region, { now: at, insertedBy: isHeldIn })
}

/** No username contains a control character, so no user can have a host's name. */
export function claimedName(host: SiteHost): string {
  return host.kind === 'site' ? `\u0000site ${host.subdomain}` : `\u0000domain ${host.domain}`
}
