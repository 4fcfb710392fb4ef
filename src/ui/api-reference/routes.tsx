import * as z from 'zod'
import { anyone, route } from '../../http/route.ts'
import type { ApiDescription } from './description.ts'
import { ReferencePage, STYLE_PATH } from './page.tsx'
import { style } from './style.ts'

const CACHE_SECONDS = 300

/** The API reference for people. `describe` gives the description of the whole service. */
export function apiReferenceRoutes(describe: () => unknown) {
  const page = route(
    {
      method: 'GET',
      path: '/docs',
      base: false,
      summary: 'This reference',
      access: anyone,
      parameters: z.object({}),
      mediaType: 'text/html',
      cacheSeconds: CACHE_SECONDS,
      replies: { 200: { description: 'The page', body: z.string() } },
      problems: [],
    },
    ({ ctx: { globalOrigin } }) => {
      const description = describe() as ApiDescription
      const html = <ReferencePage description={description} origin={globalOrigin.origin} />
      return { status: 200, body: `<!doctype html>\n${html}` }
    },
  )
  const styleSheet = route(
    {
      method: 'GET',
      path: STYLE_PATH,
      base: false,
      summary: 'The style of this reference',
      access: anyone,
      parameters: z.object({}),
      mediaType: 'text/css',
      cacheSeconds: CACHE_SECONDS,
      replies: { 200: { description: 'The style sheet', body: z.string() } },
      problems: [],
    },
    () => ({ status: 200, body: style }),
  )
  return [page, styleSheet]
}
