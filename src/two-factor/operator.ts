import * as z from 'zod'
import { operator } from '../access/operator-access.ts'
import { Authority } from '../audit/authority.ts'
import { authorOf } from '../audit/event-by.ts'
import { text } from '../http/check-parameters.ts'
import { route } from '../http/route.ts'
import { findUser } from '../users/find-by-name.ts'
import { resetFactors } from './reset-factors.ts'

const reset = route(
  {
    method: 'POST',
    path: '/operator/v1/users/:username/2fa/reset',
    base: false,
    summary: 'Remove all 2FA methods of a user who has lost them and has no admin to ask',
    access: operator,
    parameters: z.object({ username: text(256) }),
    replies: {
      204: { description: 'The methods were removed, and the user is notified by email' },
    },
    problems: ['not-found/user-not-found'],
  },
  async ({ parameters: { username }, ctx, request, language }) => {
    const { region, account } = await findUser(ctx, username)
    const author = authorOf('operator', Authority.operator, request)
    await resetFactors(ctx, { account, region, language, author })
    return { status: 204 }
  },
)

export const operatorSecondFactorRoutes = [reset]
