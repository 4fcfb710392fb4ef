import type { Ctx } from '../context.ts'
import type { HostScope, Site } from './site.ts'

/** The site whose name and colors a host's pages show; null on hosts that belong to no single site. */
export async function siteShownAt(ctx: Ctx, scope: HostScope): Promise<Site | null> {
  if (scope.kind === 'any') return null
  const home = await ctx.siteHosts.homeOf(scope)
  return home && ctx.in(home.region).sites.seenAt(scope)
}
