import * as z from 'zod'
import { integer, text } from '../http/check-parameters.ts'
import { operatorRoute } from '../http/operator-route.ts'
import { readPosition, readRegionalPage, requestedRegions } from '../storage/region-pages.ts'
import { rekeyFindings, rekeyUsers } from './rekey-users.ts'

/** A user may need three round trips, and a request has 1,000. */
const MOST_AT_ONCE = 200

const rekeyed = z
  .object({
    checked: z.int(),
    findings: z
      .array(
        z.object({
          region: z.string(),
          site: z.string(),
          username: z.string(),
          finding: z.enum(rekeyFindings),
          other: z.string().nullable().describe('The user whose name looks similar'),
        }),
      )
      .describe('What an operator has to decide. These users log in as before'),
  })
  .meta({ id: 'UsersRekeyed' })

const rekey = operatorRoute(
  {
    method: 'POST',
    path: '/users/rekey',
    summary: 'Give a page of users the current keys for comparing names and addresses',
    parameters: z.object({
      region: text(64).optional().describe('One region. Default: all'),
      cursor: text(512).optional().describe('The X-Files-Cursor of the previous page'),
      per_page: integer().min(1).max(MOST_AT_ONCE).optional().describe('Default: 100'),
    }),
    replies: {
      200: {
        description: 'The findings. X-Files-Cursor is sent while there are more users',
        body: rekeyed,
      },
    },
  },
  async ({ parameters, ctx }) => {
    const regions = requestedRegions(ctx.regions, parameters.region)
    const { rows, headers } = await readRegionalPage(regions, parameters, {
      read: (region, after, limit) => {
        const [afterId = 0] = readPosition(after)
        return ctx.in(region).users.list({ siteId: null, afterId, limit })
      },
      placeOf: ({ user }) => String(user.id),
    })
    const findings = []
    for (const [region, page] of Map.groupBy(rows, ({ region }) => region))
      for (const { account, finding, other } of await rekeyUsers(
        ctx,
        region,
        page.map(({ row }) => row),
      ))
        findings.push({
          region: region.name,
          site: account.site.subdomain,
          username: account.user.username,
          finding,
          other,
        })
    return { status: 200, headers, body: { checked: rows.length, findings } }
  },
)

export const operatorRekeyRoutes = [rekey]
