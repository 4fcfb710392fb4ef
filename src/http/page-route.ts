import type { HtmlEscapedString } from 'hono/utils/html'
import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { type ParameterShape, text } from './check-parameters.ts'
import { Problem, type ProblemType } from './problem.ts'
import {
  type Call,
  type DeclaredContract,
  isReply,
  type Reply,
  type Route,
  route,
  seeOther,
} from './route.ts'

/** The parameters of every page: the language that its reader chose. */
const chosen = { locale: text(35).optional() }

type PageParameters<Shape extends ParameterShape> = Shape & typeof chosen

interface PageContract<Shape extends ParameterShape, Caller>
  extends Omit<
    DeclaredContract<PageParameters<Shape>, Caller>,
    'base' | 'mediaType' | 'parameters' | 'replies' | 'problems'
  > {
  parameters?: Shape
  /** What the reader sees, by status. */
  replies: Partial<Record<Reply['status'], string>>
  /** Problems that the error page shows. */
  problems?: readonly ProblemType[]
  /** For forms: the page with the reason why the action was refused; undefined to redirect to it. */
  refused?(problem: Problem, call: RefusedForm<Caller>): Promise<Reply | undefined>
}

/** A call of a form whose action was refused. */
export type RefusedForm<Caller> = Viewer<Caller> & { ctx: Ctx }

/** A page, or a whole reply. Undefined redirects to the page of `returnTo`, so that a reload does not repeat the action. */
type Shown = HtmlEscapedString | Reply | undefined

/** Who reads a page, and by what request. */
export type Viewer<Caller> = Pick<
  Call<ParameterShape, Caller>,
  'caller' | 'actor' | 'language' | 'request'
>

/** Declares a page, or a form that a page answers. */
export function page<Caller, Shape extends ParameterShape = Record<never, never>>(
  { parameters, replies, problems = [], refused, ...contract }: PageContract<Shape, Caller>,
  answer: (call: Call<PageParameters<Shape>, Caller>) => Shown | Promise<Shown>,
): Route {
  const described = Object.entries(replies).map(([status, description]) => [
    status,
    status === '303' ? { description } : { description, body: z.string() },
  ])
  return route(
    {
      ...contract,
      base: false,
      mediaType: 'text/html',
      parameters: z.object({ ...parameters, ...chosen } as PageParameters<Shape>),
      replies: Object.fromEntries(described),
      problems,
    },
    async (call) => {
      const answered = async () => answer(call)
      const shown = await answered().catch(async (error: unknown) => {
        if (!refused || !(error instanceof Problem) || error.status >= 500) throw error
        const reply = await refused(error, call)
        return reply?.status === 200 ? { ...reply, status: statusOf(error) } : reply
      })
      if (!shown) return seeOther(`${contract.returnTo}?locale=${call.language}`)
      return isReply(shown) ? shown : { status: 200, body: shown }
    },
  )
}

/** The status of a page with the reason for a refusal. The page itself is there, whatever the problem did not find. */
function statusOf({ status }: Problem): Reply['status'] {
  return status === 404 ? 422 : (status as Reply['status'])
}
