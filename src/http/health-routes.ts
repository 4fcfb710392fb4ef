import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { anyone, apiObject, route } from './route.ts'

const state = z.enum(['ok', 'failing'])
const report = apiObject('Health', {
  status: state,
  kv: state,
  directory: state,
  regions: z.record(z.string(), state),
})

const health = route(
  {
    endpoint: 'GET /health',
    base: false,
    summary: 'Check whether every store responds',
    access: anyone,
    limit: 'anonymous',
    replies: {
      200: { description: 'Every store responds', body: report },
      503: { description: 'A store does not respond', body: report },
    },
  },
  async ({ ctx }) => {
    const [kvState, directory, ...regionStates] = await Promise.all([
      stateOf(ctx.kv.get('health')),
      stateOf(ctx.directoryDatabase.primary.run(sql`SELECT region_code FROM usernames LIMIT 1`)),
      ...ctx.regions.all.map((region) =>
        stateOf(ctx.in(region).database.primary.run(sql`SELECT id FROM sites LIMIT 1`)),
      ),
    ])
    const allWell = [kvState, directory, ...regionStates].every((state) => state === 'ok')
    return {
      status: allWell ? 200 : 503,
      body: {
        status: allWell ? 'ok' : 'failing',
        kv: kvState,
        directory,
        regions: Object.fromEntries(ctx.regions.all.map(({ name }, i) => [name, regionStates[i]])),
      },
    }
  },
)

export const healthRoutes = [health]

async function stateOf(answer: Promise<unknown>): Promise<z.infer<typeof state>> {
  return answer.then(
    () => 'ok',
    () => 'failing',
  )
}
