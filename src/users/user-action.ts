import * as z from 'zod'
import { text } from '../http/check-parameters.ts'
import { operatorRoute } from '../http/operator-route.ts'
import type { ProblemType } from '../http/problem.ts'
import type { Call, Route } from '../http/route.ts'
import { type FoundUser, findUser } from './find-by-name.ts'

const parameters = { username: text(256) }

interface UserAction {
  /** The last part of the path. */
  action: string
  summary: string
  /** What a success means. */
  done: string
  problems?: readonly ProblemType[]
}

/** Declares an operator's route that does one thing to a user. */
export function userAction(
  { action, summary, done, problems = [] }: UserAction,
  act: (found: FoundUser, call: Call<typeof parameters, undefined>) => Promise<void>,
): Route {
  return operatorRoute(
    {
      endpoint: `POST /users/:username/${action}`,
      summary,
      parameters: z.object(parameters),
      replies: { 204: { description: done } },
      problems: ['not-found/user-not-found', ...problems],
    },
    async (call) => {
      await act(await findUser(call.ctx, call.parameters.username), call)
      return { status: 204 }
    },
  )
}
