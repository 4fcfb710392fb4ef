import * as z from 'zod'
import { anyone, route } from '../platform/route.ts'
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

export const uiRoutes = [style, script]
