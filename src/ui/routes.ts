import * as z from 'zod'
import { text } from '../http/check-parameters.ts'
import { Problem } from '../http/problem.ts'
import { anyone, route } from '../http/route.ts'
import { ACCENT_COLOR, accentStyle } from './accent.ts'

const accent = route(
  {
    endpoint: 'GET /ui/accent/:color',
    base: false,
    access: anyone,
    parameters: z.object({ color: text(6) }),
    mediaType: 'text/css',
    cacheSeconds: 300,
    summary: 'The stylesheet for a color, such as 0b5fc4',
    replies: { 200: { description: 'The stylesheet', body: z.string() } },
    problems: ['not-found/not-found'],
  },
  ({ parameters: { color } }) => {
    if (!ACCENT_COLOR.test(`#${color}`)) throw new Problem('not-found/not-found')
    return { status: 200, body: accentStyle(`#${color}`) }
  },
)

export const uiRoutes = [accent]
