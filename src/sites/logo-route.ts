import * as z from 'zod'
import { text } from '../http/check-parameters.ts'
import { Problem } from '../http/problem.ts'
import { anyone, route } from '../http/route.ts'

const A_YEAR_SECONDS = 31_536_000

/** Serves the site's logo. The path has its digest, so it can be cached forever. */
export const logoRoute = route(
  {
    base: false,
    method: 'GET',
    path: '/ui/logo/:digest',
    summary: 'The logo of the host’s site',
    access: anyone,
    parameters: z.object({ digest: text(64) }),
    mediaType: 'image/*',
    cacheSeconds: A_YEAR_SECONDS,
    replies: { 200: { description: 'The logo', body: z.string() } },
    problems: ['not-found/not-found'],
  },
  async ({ parameters: { digest }, ctx }) => {
    const home = ctx.scope.kind === 'any' ? null : await ctx.siteHosts.homeOf(ctx.scope)
    const logo =
      home &&
      ctx.scope.kind !== 'any' &&
      (await ctx.in(home.region).sites.logoAt(ctx.scope, digest))
    if (!logo) throw new Problem('not-found/not-found')
    const body = Uint8Array.from(atob(logo.data), (char) => char.charCodeAt(0))
    return { status: 200, body, headers: { 'Content-Type': logo.mediaType } }
  },
)
