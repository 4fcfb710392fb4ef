import { readConfig } from '../config.ts'
import type { Ctx } from '../context.ts'
import type { Argon2Cost } from '../passwords/argon2id.ts'
import { openServices } from '../services.ts'
import { createSite } from '../sites/create-site.ts'
import type { Clock } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import { RoundTripMeter } from '../storage/round-trips.ts'
import { createUser } from '../users/create-user.ts'
import { localMessengers } from './local-outbox.tsx'

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
export async function ensureDemoData(
  env: Env,
  { clock, hashCost }: { clock: Clock; hashCost: Argon2Cost },
): Promise<void> {
  const config = await readConfig(env)
  const ctx = openServices(env, config, {
    clock,
    hashCost,
    trips: new RoundTripMeter(),
    afterReply: () => undefined,
    messengers: localMessengers(env.KV),
  })
  for (const { region: name, users, ...site } of demoSites) {
    const region = ctx.regions.withName(name)
    if (region) await ensureSite(ctx, { region, site, users }, clock)
  }
}

async function ensureSite(
  ctx: Ctx,
  { region, site, users }: { region: Region; site: DemoSite; users: DemoUser[] },
  clock: Clock,
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
      passwordSetAt: clock(),
    })
  }
}
