import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { Site } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from './account.ts'
import { nameKeys } from './username.ts'

/** Finds a site by its subdomain, at the primary. @throws {Problem} site-not-found */
export async function findSite(
  ctx: Ctx,
  subdomain: string,
): Promise<{ region: Region; site: Site }> {
  const host = { kind: 'site', subdomain } as const
  const home = await ctx.siteHosts.homeOf(host)
  const site = home && (await ctx.in(home.region).sites.atHost(host))
  if (!site) throw new Problem('not-found/site-not-found')
  return { region: home.region, site }
}

export interface FoundUser {
  region: Region
  account: Account
}

/** Finds a user by name, at the primary. @throws {Problem} user-not-found */
export async function findUser(ctx: Ctx, username: string): Promise<FoundUser> {
  const region = await ctx.directory.regionOf(nameKeys(username), 'primary')
  const account = await ctx.in(region).users.named(username)
  if (!account) throw new Problem('not-found/user-not-found')
  return { region, account }
}
