import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { KeyValueStore } from '../storage/guarded-storage.ts'
import type { Region, Regions } from '../storage/region.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import { anyone, route } from './route.ts'

interface Needs {
  regions: Regions
  directoryDatabase: ReplicatedDatabase
  databaseIn: (region: Region) => ReplicatedDatabase
  kv: KeyValueStore
}

const state = z.enum(['ok', 'failing'])
const report = z
  .object({ status: state, kv: state, directory: state, regions: z.record(z.string(), state) })
  .meta({ id: 'Health' })

const health = route<Needs>()(
  {
    method: 'GET',
    path: '/health',
    base: false,
    summary: 'Whether every store answers',
    access: anyone,
    parameters: z.object({}),
    limit: 'anonymous',
    replies: {
      200: { description: 'Every store answers', body: report },
      503: { description: 'Some store does not answer', body: report },
    },
    problems: [],
  },
  async ({ services: { regions, databaseIn, directoryDatabase, kv } }) => {
    const [kvState, directory, ...regionStates] = await Promise.all([
      stateOf(kv.get('health')),
      stateOf(directoryDatabase.primary.run(sql`SELECT region_code FROM usernames LIMIT 1`)),
      ...regions.all.map((region) =>
        stateOf(databaseIn(region).primary.run(sql`SELECT id FROM sites LIMIT 1`)),
      ),
    ])
    const allWell = [kvState, directory, ...regionStates].every((state) => state === 'ok')
    return {
      status: allWell ? 200 : 503,
      body: {
        status: allWell ? 'ok' : 'failing',
        kv: kvState,
        directory,
        regions: Object.fromEntries(regions.all.map(({ name }, i) => [name, regionStates[i]])),
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
