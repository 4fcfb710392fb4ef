import * as z from 'zod'
import { anyone, route, seeOther } from '../http/route.ts'

const address = { base: false, access: anyone, parameters: z.object({}), problems: [] } as const

const start = route(
  {
    ...address,
    endpoint: 'GET /',
    summary: 'The start page of a site',
    replies: {
      303: {
        description: 'Redirects to the account page, or to /docs on the global and regional hosts',
      },
    },
  },
  ({ ctx: { scope } }) => seeOther(scope.kind === 'any' ? '/docs' : '/account'),
)

const changePasswordAddress = route(
  {
    ...address,
    endpoint: 'GET /.well-known/change-password',
    summary: 'Where password managers send users to change their password (W3C)',
    replies: { 303: { description: 'Redirects to the password form' } },
  },
  () => seeOther('/account#password'),
)

/** URLs that people type, and well-known URLs that programs expect. */
export const wellKnownRoutes = [start, changePasswordAddress]
