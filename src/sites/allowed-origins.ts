import type { Ctx } from '../context.ts'
import { SECOND } from '../storage/clock.ts'
import { siteShownAt } from './site-branding.ts'

const MOST_ORIGINS = 50

/** How long an isolate may still go by a list that another one has changed. */
const REMEMBERED_MS = 30 * SECOND

/**
 * Reads the origins that a site allows, one a line, in the form in which browsers send them. Null if a line is
 * anything but one exact origin, or there are too many.
 */
export function readOrigins(text: string): string | null {
  const lines = text.split(/\s+/).filter((line) => line !== '')
  const origins = lines.map(exactOrigin)
  if (origins.length > MOST_ORIGINS || origins.includes(null)) return null
  return [...new Set(origins)].join('\n')
}

function exactOrigin(line: string): string | null {
  if (!URL.canParse(line)) return null
  const { protocol, host, origin, href } = new URL(line)
  const isOrigin = /^https?:$/.test(protocol) && href === `${origin}/`
  return isOrigin && !host.includes('*') ? origin : null
}

/**
 * Whether the site of the request's host allows pages of an origin to call its API. An isolate asks for the list of a
 * host once in a while, whatever origins it is asked about.
 */
export async function isAllowedOrigin(
  ctx: Ctx,
  hostname: string,
  origin: string,
): Promise<boolean> {
  if (ctx.scope.kind === 'any') return false
  const known = ctx.allowedOrigins.find(hostname, ctx.clock())
  if (known) return known.value.includes(origin)
  const site = await siteShownAt(ctx, ctx.scope)
  const value = site?.allowedOrigins.split('\n') ?? []
  ctx.allowedOrigins.add(hostname, { value, until: ctx.clock() + REMEMBERED_MS })
  return value.includes(origin)
}
