import { readConfig } from '../config.ts'
import type { Ctx } from '../context.ts'
import { type Entry, openServices } from '../services.ts'
import { createSite } from '../sites/create-site.ts'
import type { Region } from '../storage/region.ts'
import { createUser } from '../users/create-user.ts'

interface DemoUser {
  username: string
  password: string
  siteAdmin?: boolean
}

interface DemoSite {
  name: string
  subdomain: string
  /** Whether the site is limited to its region. */
  optOutGlobal?: boolean
}

/** By region. Sites of regions that are not configured are left out. */
const demoSites: (DemoSite & { region: string; users: DemoUser[] })[] = [
  {
    region: 'us-east-1',
    name: 'My Site',
    subdomain: 'mysite',
    users: [
      { username: 'sessionuser', password: 'sessionuserpassword' },
      { username: 'siteadmin', password: 'siteadminpassword', siteAdmin: true },
    ],
  },
  {
    region: 'eu-central-1',
    name: 'Europe',
    subdomain: 'europe',
    optOutGlobal: true,
    users: [{ username: 'europeuser', password: 'europeuserpassword' }],
  },
  {
    region: 'ap-southeast-2',
    name: 'Pacific',
    subdomain: 'pacific',
    users: [{ username: 'pacificuser', password: 'pacificuserpassword' }],
  },
]

/** Creates the demo sites and their users, if they do not exist yet. */
export async function ensureDemoData(env: Env, entry: Entry): Promise<void> {
  const ctx = openServices(env, await readConfig(env), entry)
  for (const { region: name, users, ...site } of demoSites) {
    const region = ctx.regions.withName(name)
    if (region) await ensureSite(ctx, { region, site, users })
  }
}

async function ensureSite(
  ctx: Ctx,
  { region, site, users }: { region: Region; site: DemoSite; users: DemoUser[] },
): Promise<void> {
  const home = await ctx.siteHosts.homeOf({ kind: 'site', subdomain: site.subdomain })
  const siteId = home?.siteId ?? (await createSite(ctx, region, site))
  for (const { password, ...user } of users) {
    if (await ctx.in(region).users.nameIsTaken(user.username)) continue
    await createUser(ctx, region, {
      ...user,
      email: `${user.username}@example.com`,
      emailIsVerified: true,
      siteId,
      by: null,
      passwordHash: await ctx.hasher.hash(password),
      passwordSetAt: ctx.clock(),
    })
  }
}
