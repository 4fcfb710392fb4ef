import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { text } from '../http/check-parameters.ts'
import { operatorRoute } from '../http/operator-route.ts'
import { apiObject } from '../http/route.ts'
import { claimedName } from '../sites/claim-host.ts'
import { ownHostKind, type Site } from '../sites/site.ts'
import type { User } from '../users/account.ts'
import { nameKeys } from '../users/username.ts'
import { usersOfRegions } from '../users/users-of-regions.ts'
import { pageParameters, readRegionalPage, requestedRegions } from './list-pages.ts'
import type { Region } from './region.ts'

const rebuilt = apiObject('DirectoryRebuilt', {
  checked: z.int(),
  restored: z.int().describe('Entries that were missing, incomplete or of another region'),
  conflicts: z
    .array(z.object({ name: z.string(), region: z.string(), held_in: z.string() }))
    .describe('Names that two regions have. One of the two needs another name'),
})

const rebuild = operatorRoute(
  {
    endpoint: 'POST /directory/rebuild',
    summary:
      'Rebuild a page of the directory, and of the hosts in KV, from the rows of the regions',
    parameters: z.object({
      of: z.enum(['users', 'sites']),
      ...pageParameters,
      region: text(64).optional(),
    }),
    replies: {
      200: {
        description: 'The findings. X-Files-Cursor is sent while there is more',
        body: rebuilt,
      },
    },
  },
  async ({ parameters, ctx }) => {
    const regions = requestedRegions(ctx.regions, parameters.region)
    const namesOf = { users: userNames, sites: siteNames }[parameters.of]
    const { names, headers } = await namesOf(ctx, regions, parameters)
    const { restored, conflicts } = await ctx.directory.restore(
      names,
      ctx.clock(),
      (region, key) =>
        key.startsWith('\u0000')
          ? isSiteIn(ctx, region, key)
          : ctx.in(region).users.nameIsTaken(key),
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

type PageQuery = Parameters<typeof readRegionalPage>[1]

async function userNames(ctx: Ctx, regions: readonly Region[], query: PageQuery) {
  const { rows, headers } = await usersOfRegions(ctx, regions, query)
  const names = rows.flatMap(({ region, row: { user } }) =>
    keysOf(user).map((key) => ({ region, key, name: user.username })),
  )
  return { names, headers }
}

/** The directory keys of a user. If the user kept their former key, the other one may belong to somebody else. */
function keysOf({ username, usernameKey }: User): string[] {
  const keys = nameKeys(username)
  return usernameKey === keys.at(-1) ? keys : [usernameKey]
}

async function siteNames(ctx: Ctx, regions: readonly Region[], query: PageQuery) {
  const { rows, headers } = await readRegionalPage(regions, query, {
    read: (region, after, limit) => ctx.in(region).sites.list(after, limit),
    placeOf: ({ subdomain }) => subdomain,
  })
  for (const { region, row } of rows) await rememberHosts(ctx, region, row)
  const names = rows.map(({ region, row: { subdomain } }) => ({
    region,
    key: claimedName({ kind: 'site', subdomain }),
    name: subdomain,
  }))
  return { names, headers }
}

async function rememberHosts({ siteHosts }: Ctx, region: Region, site: Site): Promise<void> {
  const home = { region, siteId: site.id }
  await siteHosts.remember({ kind: 'site', subdomain: site.subdomain }, home)
  if (ownHostKind(site) === 'domain' && site.domain !== null)
    await siteHosts.remember({ kind: 'domain', domain: site.domain }, home)
}

async function isSiteIn(ctx: Ctx, region: Region, key: string): Promise<boolean> {
  const subdomain = key.slice(claimedName({ kind: 'site', subdomain: '' }).length)
  return (await ctx.in(region).sites.atHost({ kind: 'site', subdomain })) !== null
}

export const operatorDirectoryRoutes = [rebuild]
