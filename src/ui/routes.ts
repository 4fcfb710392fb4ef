import * as z from 'zod'
import { text } from '../platform/check-parameters.ts'
import { Problem } from '../platform/problem.ts'
import { anyone, route } from '../platform/route.ts'
import { ACCENT_COLOR, accentStyle } from './accent.ts'
import { SCRIPT, STYLE } from './style.ts'

const file = {
  base: false,
  access: anyone,
  method: 'GET',
  parameters: z.object({}),
  cacheSeconds: 300,
  problems: [],
} as const

const style = route<unknown>()(
  {
    ...file,
    path: '/ui/style.css',
    mediaType: 'text/css',
    summary: 'The design of the pages',
    replies: { 200: { description: 'The stylesheet', body: z.string() } },
  },
  () => ({ status: 200, body: STYLE }),
)

const script = route<unknown>()(
  {
    ...file,
    path: '/ui/script.js',
    mediaType: 'text/javascript',
    summary: 'What pages do besides, where scripts run',
    replies: { 200: { description: 'The script', body: z.string() } },
  },
  () => ({ status: 200, body: SCRIPT }),
)

const accent = route<unknown>()(
  {
    ...file,
    path: '/ui/accent/:color',
    parameters: z.object({ color: text(6) }),
    mediaType: 'text/css',
    summary: 'The design in a colour, such as 0b5fc4',
    replies: { 200: { description: 'The stylesheet', body: z.string() } },
    problems: ['not-found/not-found'],
  },
  ({ parameters: { color } }) => {
    if (!ACCENT_COLOR.test(`#${color}`)) throw new Problem('not-found/not-found')
    return { status: 200, body: accentStyle(`#${color}`) }
  },
)

export const uiRoutes = [style, script, accent]
