import * as z from 'zod'
import { nameText, text } from '../http/check-parameters.ts'
import { operatorRoute } from '../http/operator-route.ts'
import { apiObject, listReply } from '../http/route.ts'
import {
  pageParameters,
  readRegionalPage,
  requestedRegion,
  requestedRegions,
} from '../storage/list-pages.ts'
import type { Region } from '../storage/region.ts'
import { findSite } from '../users/find-by-name.ts'
import { createSite } from './create-site.ts'
import type { Site } from './site.ts'
import { siteObject, viewSite } from './site-view.ts'

const regionalSite = apiObject('OperatorSite', { region: z.string(), ...siteObject.shape })

const subdomain = text(63).describe('The first label of the site’s own host')

const create = operatorRoute(
  {
    endpoint: 'POST /sites',
    summary: 'Create a site in a region. It cannot move later',
    parameters: z.object({
      subdomain,
      region: text(64),
      name: nameText(256).optional().describe('Default: the subdomain'),
    }),
    replies: { 201: { description: 'The site', body: regionalSite } },
    problems: ['processing-failure/model-save-error'],
  },
  async ({ parameters: { subdomain, region: regionName, name = subdomain }, ctx }) => {
    const region = requestedRegion(ctx.regions, regionName)
    await createSite(ctx, region, { subdomain, name })
    return { status: 201, body: view(await findSite(ctx, subdomain)) }
  },
)

const list = operatorRoute(
  {
    endpoint: 'GET /sites',
    summary: 'List the sites of one region or all',
    parameters: z.object(pageParameters),
    replies: { 200: listReply('The sites', regionalSite, 'OperatorSites') },
  },
  async ({ parameters, ctx }) => {
    const { rows, headers } = await readRegionalPage(
      requestedRegions(ctx.regions, parameters.region),
      parameters,
      {
        read: (region, after, limit) => ctx.in(region).sites.list(after, limit),
        placeOf: (site) => site.subdomain,
      },
    )
    return {
      status: 200,
      headers,
      body: rows.map(({ region, row }) => view({ region, site: row })),
    }
  },
)

const show = operatorRoute(
  {
    endpoint: 'GET /sites/:subdomain',
    summary: 'Show a site',
    parameters: z.object({ subdomain }),
    replies: { 200: { description: 'The site', body: regionalSite } },
    problems: ['not-found/site-not-found'],
  },
  async ({ parameters, ctx }) => ({
    status: 200,
    body: view(await findSite(ctx, parameters.subdomain)),
  }),
)

function view({ region, site }: { region: Region; site: Site }): z.infer<typeof regionalSite> {
  return { region: region.name, ...viewSite(site) }
}

export const operatorSiteRoutes = [create, list, show]
