import * as z from 'zod'
import { integer, text } from '../platform/check-parameters.ts'
import { Problem } from '../platform/problem.ts'
import { route } from '../platform/route.ts'
import { session } from '../sessions/access.ts'

const list = route<unknown>()(
  {
    method: 'GET',
    path: '/api_keys',
    summary: 'The API keys of a user. None can be made yet, so the list is empty',
    access: session,
    parameters: z.object({
      user_id: integer().optional().describe('0 means the current user'),
      page: integer().optional(),
      per_page: integer().optional(),
      cursor: text(512).optional(),
    }),
    replies: { 200: { description: 'The keys', body: z.array(z.never()).meta({ id: 'ApiKeys' }) } },
    problems: ['not-authorized/user-id-without-site-admin'],
  },
  ({ parameters, caller: { live } }) => {
    const userId = parameters.user_id || live.user.id
    if (userId !== live.user.id && !live.user.siteAdmin)
      throw new Problem('not-authorized/user-id-without-site-admin')
    return { status: 200, body: [] }
  },
)

export const apiKeyRoutes = [list]
