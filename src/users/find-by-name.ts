import { Problem } from '../http/problem.ts'
import type { Site } from '../sites/site.ts'
import type { SiteHosts } from '../sites/site-hosts.ts'
import type { SiteStore } from '../sites/site-store.ts'
import type { Region } from '../storage/region.ts'
import type { UsernameDirectory } from '../storage/username-directory.ts'
import type { Account } from './account.ts'
import type { UserStore } from './user-store.ts'
import { nameKeys } from './username.ts'

export interface FindSiteNeeds {
  siteHosts: SiteHosts
  sitesIn: (region: Region) => SiteStore
}

/** The site of a subdomain, as its primary knows it. @throws {Problem} site-not-found */
export async function findSite(
  { siteHosts, sitesIn }: FindSiteNeeds,
  subdomain: string,
): Promise<{ region: Region; site: Site }> {
  const host = { kind: 'site', subdomain } as const
  const home = await siteHosts.homeOf(host)
  const site = home && (await sitesIn(home.region).atHost(host))
  if (!site) throw new Problem('not-found/site-not-found')
  return { region: home.region, site }
}

export interface FindUserNeeds {
  directory: UsernameDirectory
  usersIn: (region: Region) => UserStore
}

/** The user of a name, as its primary knows it. @throws {Problem} user-not-found */
export async function findUser(
  { directory, usersIn }: FindUserNeeds,
  username: string,
): Promise<{ region: Region; account: Account }> {
  const region = await directory.regionOf(nameKeys(username), 'primary')
  const account = await usersIn(region).named(username)
  if (!account) throw new Problem('not-found/user-not-found')
  return { region, account }
}
