import * as z from 'zod'
import { operator } from '../access/operator-access.ts'
import { text } from '../http/check-parameters.ts'
import { route } from '../http/route.ts'
import { findUser } from './find-by-name.ts'
import { sendWelcome } from './send-welcome.ts'

const welcome = route(
  {
    method: 'POST',
    path: '/operator/v1/users/:username/welcome',
    base: false,
    summary: 'Send a user the welcome email, with a link to choose a password if they have none',
    access: operator,
    parameters: z.object({ username: text(256) }),
    replies: { 204: { description: 'The email is on its way' } },
    problems: [
      'not-found/user-not-found',
      'processing-failure/model-save-error',
      'rate-limited/too-many-requests',
    ],
  },
  async ({ parameters: { username }, ctx, language }) => {
    await sendWelcome(ctx, await findUser(ctx, username), { language, budget: 'none' })
    return { status: 204 }
  },
)

export const operatorWelcomeRoutes = [welcome]
