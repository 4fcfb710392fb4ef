import * as z from 'zod'
import { anyone, apiObject, listReply, route } from '../http/route.ts'
import { nearestRegion, regionalHost, residencies } from './region.ts'

const regionObject = apiObject('Region', {
  name: z.string(),
  description: z.string(),
  host: z.string().describe('Where clients in this region send their requests'),
  residency: z
    .enum(residencies)
    .describe('Whether the platform guarantees that data stays there, or only prefers it'),
  nearest: z.boolean().describe('Nearest to the caller, as far as the platform knows'),
})

const list = route(
  {
    endpoint: 'GET /regions',
    summary: 'List the regions, and which is nearest',
    access: anyone,
    replies: { 200: listReply('The regions', regionObject, 'Regions') },
  },
  ({ ctx: { regions, globalOrigin }, request }) => {
    const names = regions.all.map(({ name }) => name)
    const nearest = nearestRegion(names, request.place)
    return {
      status: 200,
      body: regions.all.map((region) => ({
        name: region.name,
        description: region.description,
        host: regionalHost(region, globalOrigin),
        residency: region.residency,
        nearest: region.name === nearest,
      })),
    }
  },
)

export const regionRoutes = [list]
