import * as z from 'zod'
import { text } from '../http/check-parameters.ts'
import { Problem } from '../http/problem.ts'
import { anyone, route } from '../http/route.ts'
import type { HostScope } from './site.ts'
import type { SiteLookNeeds } from './site-look.ts'

const A_YEAR_SECONDS = 31_536_000

/** The picture of the site of this host. Another one has another digest, so it is kept for good. */
export const logoRoute = route<SiteLookNeeds & { scope: HostScope }>()(
  {
    base: false,
    method: 'GET',
    path: '/ui/logo/:digest',
    summary: 'The picture of the site of this host',
    access: anyone,
    parameters: z.object({ digest: text(64) }),
    mediaType: 'image/*',
    cacheSeconds: A_YEAR_SECONDS,
    replies: { 200: { description: 'The picture', body: z.string() } },
    problems: ['not-found/not-found'],
  },
  async ({ parameters: { digest }, services: { siteHosts, sitesIn, scope } }) => {
    const home = scope.kind === 'any' ? null : await siteHosts.homeOf(scope)
    const logo = home && scope.kind !== 'any' && (await sitesIn(home.region).logoAt(scope, digest))
    if (!logo) throw new Problem('not-found/not-found')
    const body = Uint8Array.from(atob(logo.data), (char) => char.charCodeAt(0))
    return { status: 200, body, headers: { 'Content-Type': logo.mediaType } }
  },
)
