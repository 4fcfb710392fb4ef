import * as z from 'zod'
import { text } from '../platform/check-parameters.ts'
import { Problem } from '../platform/problem.ts'
import { anyone, route } from '../platform/route.ts'
import { ACCENT_COLOR, accentStyle } from './accent.ts'
import { ICON, ICON_DRAWN } from './icon.ts'
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

const A_DAY_SECONDS = 86_400

const picture = {
  ...file,
  mediaType: 'image/*',
  cacheSeconds: A_DAY_SECONDS,
  replies: { 200: { description: 'The picture', body: z.string() } },
} as const

const icon = route<unknown>()(
  { ...picture, path: '/ui/icon.svg', summary: 'The icon of the pages' },
  () => ({
    status: 200,
    body: new TextEncoder().encode(ICON),
    headers: { 'Content-Type': 'image/svg+xml' },
  }),
)

const favicon = route<unknown>()(
  {
    ...picture,
    path: '/favicon.ico',
    summary: 'The same, where browsers look for one of their own accord',
  },
  () => ({
    status: 200,
    body: Uint8Array.from(atob(ICON_DRAWN), (char) => char.charCodeAt(0)),
    headers: { 'Content-Type': 'image/vnd.microsoft.icon' },
  }),
)

export const uiRoutes = [style, script, accent, icon, favicon]
