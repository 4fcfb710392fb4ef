import type { Ctx } from '../context.ts'
import { readPosition, readRegionalPage } from '../storage/list-pages.ts'
import type { Region } from '../storage/region.ts'

/** Reads a page of the accounts of several regions, or of one site in them. @throws {Problem} request-params-invalid */
export function usersOfRegions(
  ctx: Ctx,
  regions: readonly Region[],
  requested: Parameters<typeof readRegionalPage>[1],
  siteId: number | null = null,
) {
  return readRegionalPage(regions, requested, {
    read: (region, after, limit) => {
      const [afterId = 0] = readPosition(after)
      return ctx.in(region).users.list({ siteId, afterId, limit })
    },
    placeOf: ({ user }) => String(user.id),
  })
}
