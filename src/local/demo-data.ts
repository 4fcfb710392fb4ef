import { readConfig } from '../config.ts'
import type { Clock } from '../platform/clock.ts'
import { TripMeter } from '../platform/trips.ts'
import type { Region } from '../regions/region.ts'
import { openServices } from '../services.ts'
import { createSite } from '../sites/create-site.ts'
import { createUser } from '../users/create-user.ts'
import { comparableName } from '../users/username.ts'
import { localMailer } from './local-outbox.tsx'

const demoUsers = [
  {
    username: 'sessionuser',
    password: 'sessionuserpassword',
    email: 'sessionuser@example.com',
    emailIsVerified: true,
  },
  { username: 'siteadmin', password: 'siteadminpassword', siteAdmin: true },
]

/** Creates the demo site and its users where they do not exist yet. */
export async function ensureDemoData(env: Env, clock: Clock): Promise<void> {
  const config = await readConfig(env)
  const services = openServices(env, config, {
    clock,
    trips: new TripMeter(),
    afterReply: () => undefined,
    mailer: localMailer(env.KV),
  })
  const region = config.regions.all[0] as Region
  const home = await services.siteHosts.homeOf({ kind: 'site', subdomain: 'mysite' })
  const siteId =
    home?.siteId ?? (await createSite(services, region, { name: 'My Site', subdomain: 'mysite' }))
  for (const { password, ...user } of demoUsers) {
    if (await services.usersIn(region).nameIsTaken(comparableName(user.username))) continue
    await createUser(services, region, {
      ...user,
      siteId,
      passwordHash: await services.hasher.hash(password),
      passwordSetAt: clock(),
    })
  }
}
