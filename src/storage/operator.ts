import * as z from 'zod'
import { operator } from '../access/operator-access.ts'
import { text } from '../http/check-parameters.ts'
import { route } from '../http/route.ts'
import { claimedName } from '../sites/claim-host.ts'
import type { CreateSiteNeeds } from '../sites/create-site.ts'
import { ownHostKind, type Site } from '../sites/site.ts'
import type { User } from '../users/account.ts'
import type { UserStore } from '../users/user-store.ts'
import { nameKeys } from '../users/username.ts'
import type { Clock } from './clock.ts'
import type { Region } from './region.ts'
import { askedRegions, pageParameters, readPage, readPlace } from './region-pages.ts'
import type { UsernameDirectory } from './username-directory.ts'

interface Needs extends CreateSiteNeeds {
  clock: Clock
  directory: UsernameDirectory
  usersIn: (region: Region) => UserStore
}

const rebuilt = z
  .object({
    checked: z.int(),
    restored: z.int().describe('Entries that were missing, unfinished or of another region'),
    conflicts: z
      .array(z.object({ name: z.string(), region: z.string(), held_in: z.string() }))
      .describe('Names that two regions have: one of the two must be given another'),
  })
  .meta({ id: 'DirectoryRebuilt' })

const rebuild = route<Needs>()(
  {
    method: 'POST',
    path: '/operator/v1/directory/rebuild',
    base: false,
    summary:
      'Rebuild a page of the directory, and of the hosts in KV, from the rows of the regions',
    access: operator,
    parameters: z.object({
      of: z.enum(['users', 'sites']),
      ...pageParameters,
      region: text(64).optional(),
    }),
    replies: {
      200: { description: 'What was found; X-Files-Cursor while there is more', body: rebuilt },
    },
    problems: [],
  },
  async ({ parameters, services }) => {
    const regions = askedRegions(services.regions, parameters.region)
    const { names, headers } =
      parameters.of === 'users'
        ? await userNames(services, regions, parameters)
        : await siteNames(services, regions, parameters)
    const { restored, conflicts } = await services.directory.restore(
      names,
      services.clock(),
      (region, key) =>
        key.startsWith('\u0000')
          ? isSiteIn(services, region, key)
          : services.usersIn(region).nameIsTaken(key),
    )
    return {
      status: 200,
      headers,
      body: {
        checked: new Set(names.map(({ region, name }) => `${region.name} ${name}`)).size,
        restored,
        conflicts: conflicts.map(({ key, region, heldIn }) => ({
          name: names.find((one) => one.key === key && one.region === region)?.name ?? '',
          region: region.name,
          held_in: heldIn.name,
        })),
      },
    }
  },
)

type Asked = Parameters<typeof readPage>[1]

async function userNames(services: Needs, regions: readonly Region[], asked: Asked) {
  const { rows, headers } = await readPage(regions, asked, {
    read: (region, after, limit) => {
      const [afterId = 0] = readPlace(after)
      return services.usersIn(region).list({ siteId: null, afterId, limit })
    },
    placeOf: ({ user }) => String(user.id),
  })
  const names = rows.flatMap(({ region, row: { user } }) =>
    keysOf(user).map((key) => ({ region, key, name: user.username })),
  )
  return { names, headers }
}

/** Under which keys a user is entered: of one that kept its former key, another user may have the other. */
function keysOf({ username, usernameKey }: User): string[] {
  const keys = nameKeys(username)
  return usernameKey === keys.at(-1) ? keys : [usernameKey]
}

async function siteNames(services: Needs, regions: readonly Region[], asked: Asked) {
  const { rows, headers } = await readPage(regions, asked, {
    read: (region, after, limit) => services.sitesIn(region).list(after, limit),
    placeOf: ({ subdomain }) => subdomain,
  })
  for (const { region, row } of rows) await rememberHosts(services, region, row)
  const names = rows.map(({ region, row: { subdomain } }) => ({
    region,
    key: claimedName({ kind: 'site', subdomain }),
    name: subdomain,
  }))
  return { names, headers }
}

async function rememberHosts({ siteHosts }: Needs, region: Region, site: Site): Promise<void> {
  const home = { region, siteId: site.id }
  await siteHosts.remember({ kind: 'site', subdomain: site.subdomain }, home)
  if (ownHostKind(site) === 'domain' && site.domain !== null)
    await siteHosts.remember({ kind: 'domain', domain: site.domain }, home)
}

async function isSiteIn({ sitesIn }: Needs, region: Region, key: string): Promise<boolean> {
  const subdomain = key.slice(claimedName({ kind: 'site', subdomain: '' }).length)
  return (await sitesIn(region).atHost({ kind: 'site', subdomain })) !== null
}

export const operatorDirectoryRoutes = [rebuild]
