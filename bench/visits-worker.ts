import worker from '../src/index.ts'
import { argon2id } from '../src/passwords/argon2id.ts'
import { newId } from '../src/storage/ids.ts'
import { HASH, KEY, RECORD, REPLAY } from './visit-headers.ts'

type Way = 'raw' | 'all' | 'run' | 'batch'

interface Visit {
  way: Way
  /** Where D1 was to read. */
  constraint: string
  statements: { sql: string; params: unknown[] }[]
}

/** The last two recordings of a call: what differs between them belongs to the one call. */
const recordings = new Map<string, [former: Visit[], latest: Visit[]]>()

/** The product, and the visits of its calls to D1 without everything else: their floor. */
export default {
  ...worker,
  async fetch(request, env, context): Promise<Response> {
    const { headers } = request
    const replayed = headers.get(REPLAY)
    if (replayed !== null) {
      const key = JSON.parse(headers.get(KEY) ?? '{}')
      return Response.json(await replay(env, replayed, { key, hashes: headers.has(HASH) }))
    }
    const recorded = headers.get(RECORD)
    if (recorded === null) return (await worker.fetch?.(request, env, context)) as Response
    const visits: Visit[] = []
    const binding = recording(env.DB_US_EAST_1, visits)
    const reply = await worker.fetch?.(request, { ...env, DB_US_EAST_1: binding } as Env, context)
    recordings.set(recorded, [recordings.get(recorded)?.[1] ?? visits, visits])
    return reply as Response
  },
} satisfies ExportedHandler<Env & { DB_US_EAST_1: D1Database }>

/** @returns how many rows the last visit's first statement returned or changed */
async function replay(
  env: { DB_US_EAST_1: D1Database },
  name: string,
  { key, hashes }: { key: { id?: number; digest?: string }; hashes: boolean },
): Promise<number> {
  const [former, latest] = recordings.get(name) ?? [[], []]
  const fresh = new Map<unknown, number>()
  const replaced = (value: unknown, before: unknown): unknown => {
    if (value === before) return value
    if (typeof value === 'string' && value.length === 43) return key.digest ?? value
    if (typeof value !== 'number' || value < 2 ** 45) return value
    const id = fresh.get(value) ?? key.id ?? newId(1)
    fresh.set(value, id)
    return id
  }
  let rows = 0
  for (const [at, { way, constraint, statements }] of latest.entries()) {
    if (hashes && at === latest.length - 1) await argon2id(SECRET, SALT, COST)
    const session = env.DB_US_EAST_1.withSession(constraint)
    const bound = statements.map(({ sql, params }, nth) => {
      const before = former[at]?.statements[nth]?.params ?? []
      return session.prepare(sql).bind(...params.map((one, index) => replaced(one, before[index])))
    })
    const [first] = bound
    if (way === 'batch') rows = (await session.batch(bound))[0]?.meta.changes ?? 0
    else if (way === 'run') rows = (await first?.run())?.meta.changes ?? 0
    else if (way === 'all') rows = (await first?.all())?.results.length ?? 0
    else rows = (await first?.raw())?.length ?? 0
  }
  return rows
}

const COST = { memory: 19_456, passes: 2, lanes: 1 }
const SECRET = 'latchkey'.repeat(6).slice(0, 43)
const SALT = new Uint8Array(16)

/** A D1 binding whose sessions list their visits. */
function recording(binding: D1Database, visits: Visit[]): D1Database {
  const withSession = (constraint: string) => {
    const session = binding.withSession(constraint)
    const sent = new WeakMap<object, Visit['statements'][0]>()
    const visit = (way: Way, ...all: object[]) => {
      const statements = all.flatMap((one) => sent.get(one) ?? [])
      visits.push({ way, constraint, statements })
    }
    const prepare = (sql: string, params: unknown[] = []): D1PreparedStatement => {
      const real = session.prepare(sql).bind(...params)
      sent.set(real, { sql, params })
      const recorded = (way: Exclude<Way, 'batch'>) => () => {
        visit(way, real)
        return real[way]()
      }
      const bind = (...values: unknown[]) => prepare(sql, values)
      const ways = { raw: recorded('raw'), all: recorded('all'), run: recorded('run') }
      return Object.assign(Object.create(real), { bind, ...ways, real })
    }
    const batch = (statements: { real: D1PreparedStatement }[]) => {
      const all = statements.map(({ real }) => real)
      visit('batch', ...all)
      return session.batch(all)
    }
    return { prepare, batch, getBookmark: () => session.getBookmark() }
  }
  return { withSession } as unknown as D1Database
}
