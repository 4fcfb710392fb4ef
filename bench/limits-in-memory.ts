import type { Bundle } from './runtime.ts'

/**
 * Adds an entry that counts rate limits in memory, as Cloudflare's machines do. Miniflare commits each count to a
 * database on disk, and a login has two: they took more CPU than everything else of a login but its hash and D1.
 */
export function withLimitsInMemory({ modules }: Bundle): Bundle {
  const contents = Buffer.from(`import worker from './${modules[0]?.path}'\n${ENTRY}`)
  return { modules: [{ type: 'ESModule', path: 'limits-in-memory.js', contents }, ...modules] }
}

const ENTRY = `

const LIMIT = 1_000_000
const counts = new Map()
const limiter = {
  async limit({ key }) {
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return { success: count <= LIMIT }
  },
}
const bound = new WeakMap()

function withLimiters(env) {
  const all = bound.get(env) ?? {
    ...env,
    CALLER_LIMITER: limiter,
    CALLER_NAME_LIMITER: limiter,
    ANONYMOUS_LIMITER: limiter,
  }
  bound.set(env, all)
  return all
}

export default {
  fetch: (request, env, context) => worker.fetch(request, withLimiters(env), context),
  scheduled: (event, env, context) => worker.scheduled(event, withLimiters(env), context),
}
`
