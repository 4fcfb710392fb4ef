import type { Ctx } from '../context.ts'
import { notSaved } from '../http/problem.ts'
import { isUniqueViolation } from '../storage/guarded-storage.ts'
import { newId } from '../storage/ids.ts'
import type { Region, Regions } from '../storage/region.ts'
import type { UsernameClaim } from '../storage/username-directory.ts'
import { claimHost } from './claim-host.ts'
import { isSubdomain } from './site.ts'
import type { NewSite } from './site-store.ts'

/**
 * Creates a site: claims the subdomain in the directory, inserts the row, confirms the claim. So the subdomain is
 * unique across regions, and after a crash the next attempt takes over the claim.
 * @throws {Problem} model-save-error
 */
export async function createSite(
  ctx: Ctx,
  region: Region,
  input: Omit<NewSite, 'id' | 'createdAt'>,
): Promise<number> {
  const { clock, directory, siteHosts } = ctx
  const { subdomain } = input
  const host = { kind: 'site', subdomain } as const
  const claim = await claimSubdomain(ctx, { region, subdomain, by: null })
  const id = newId(region.code)
  try {
    await ctx.in(region).sites.insert({ ...input, id, createdAt: clock() })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await directory.confirm(claim, clock())
    throw notSaved({ subdomain: ['subdomain-taken'] })
  }
  if (!(await directory.confirm(claim, clock()))) {
    await ctx.in(region).sites.remove(id)
    throw notSaved({ subdomain: ['subdomain-taken'] })
  }
  await siteHosts.remember(host, { region, siteId: id }).catch(() => undefined)
  return id
}

/**
 * Claims a subdomain, to be confirmed once a site's row has it.
 * @param by the site; null if it is about to be created
 * @throws {Problem} model-save-error
 */
export async function claimSubdomain(
  ctx: Ctx,
  { region, subdomain, by }: { region: Region; subdomain: string; by: number | null },
): Promise<UsernameClaim> {
  if (!isSubdomain(subdomain)) throw notSaved({ subdomain: ['subdomain-malformed'] })
  if (isReservedName(subdomain, regionalNames(ctx.regions)))
    throw notSaved({ subdomain: ['subdomain-reserved'] })
  const claim = await claimHost(ctx, { region, host: { kind: 'site', subdomain }, by })
  if (!claim) throw notSaved({ subdomain: ['subdomain-taken'] })
  return claim
}

function regionalNames(regions: Regions): string[] {
  return regions.all.flatMap(({ name, host }) => [name, host.split('.')[0] ?? ''])
}

const reserved = new Set(
  `about abuse account accounts admin administrator api app apps auth billing blog cdn dashboard dev
  docs download email files ftp ftps global health help host hostmaster id imap info internal local
  localhost login logout mail mx news ns ns1 ns2 oauth official operator pop portal postmaster root
  s3 security sftp signin signup smtp sso staging static status support system test token tokens
  trust web webdav webmaster www`.split(/\s+/),
)

/** Whether a subdomain is reserved, because it means something to people, to email or to this service. */
export function isReservedName(subdomain: string, regionNames: readonly string[]): boolean {
  return reserved.has(subdomain) || regionNames.includes(subdomain)
}
