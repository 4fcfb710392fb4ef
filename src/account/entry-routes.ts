import * as z from 'zod'
import { anyone, route, seeOther } from '../http/route.ts'

const address = {
  base: false,
  access: anyone,
  method: 'GET',
  parameters: z.object({}),
  problems: [],
} as const

const start = route(
  {
    ...address,
    path: '/',
    summary: 'The address of a site, as mails name it and people type it',
    replies: { 303: { description: 'On to the account page; at hosts of no one site, to /docs' } },
  },
  ({ ctx: { scope } }) => seeOther(scope.kind === 'any' ? '/docs' : '/account'),
)

const changePasswordAddress = route(
  {
    ...address,
    path: '/.well-known/change-password',
    summary: 'Where password managers send people to change a password (W3C)',
    replies: { 303: { description: 'On to the change of the password' } },
  },
  () => seeOther('/account#password'),
)

/** URLs that people type, and well-known URLs that programs expect. */
export const wellKnownRoutes = [start, changePasswordAddress]
