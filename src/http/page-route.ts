import type { HtmlEscapedString } from 'hono/utils/html'
import * as z from 'zod'
import { type ParameterShape, text } from './check-parameters.ts'
import type { ProblemType } from './problem-types.ts'
import { type Call, isReply, type Reply, type Route, type RouteContract, route } from './route.ts'

/** The parameters of every page: the language that its reader chose. */
const chosen = { locale: text(35).optional() }

type PageParameters<Shape extends ParameterShape> = Shape & typeof chosen

interface PageContract<Shape extends ParameterShape, Caller>
  extends Omit<
    RouteContract<PageParameters<Shape>, Caller>,
    'base' | 'mediaType' | 'parameters' | 'replies' | 'problems'
  > {
  parameters?: Shape
  /** What the reader sees, by status. */
  replies: Partial<Record<Reply['status'], string>>
  /** Problems that the error page shows. */
  problems?: readonly ProblemType[]
}

/** Who reads a page, and by what request. */
export type Viewer<Caller> = Pick<Call<ParameterShape, Caller>, 'caller' | 'language' | 'request'>

type Shown = HtmlEscapedString | Reply

/** Declares a page, or a form that a page answers. Its handler returns the page, or a whole reply. */
export function page<Caller, Shape extends ParameterShape = Record<never, never>>(
  { parameters, replies, problems = [], ...contract }: PageContract<Shape, Caller>,
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
      const shown = await answer(call)
      return isReply(shown) ? shown : { status: 200, body: shown }
    },
  )
}
