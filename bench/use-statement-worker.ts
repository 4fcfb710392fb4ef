import worker from '../src/index.ts'
import { selectSession } from '../src/sessions/session-statements.ts'

/** The header that names a session by the key of its row, as JSON. */
const SESSION_KEY = 'x-session-key'

/** The product, and the statement of a use without everything else of a use: its floor. */
export default {
  ...worker,
  async fetch(request, env, context): Promise<Response> {
    const sent = request.headers.get(SESSION_KEY)
    if (sent === null) return (await worker.fetch?.(request, env, context)) as Response
    const key = JSON.parse(sent)
    const { sql, params } = selectSession(key).with(key).prepare().getQuery()
    const session = env.DB_US_EAST_1.withSession('first-unconstrained')
    const rows = await session
      .prepare(sql)
      .bind(...params)
      .raw()
    return Response.json(rows.length)
  },
} satisfies ExportedHandler<Env & { DB_US_EAST_1: D1Database }>
