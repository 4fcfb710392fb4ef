import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Bundle, Entry } from '../journeys/support/bundled-worker.ts'
import { made, startLatchkey } from '../journeys/support/latchkey.ts'

/** What only the local entry contains: the demo users' passwords and its cookie names. */
const LOCAL_TEXTS = ['sessionuserpassword', 'siteadminpassword', 'latchkey-local']
/** Browsers send cookies with this prefix to no other host, and over HTTPS only. */
const COOKIES = ['', '-check', '-device', '-pairing', '-reset', '-second-step']

describe('The production bundle', () => {
  it('contains nothing that exists only locally', async () => {
    const { sources, text } = await bundled('src/index.ts')
    expect(sources).toContain('src/index.ts')
    expect(sources.filter(isLocal)).toEqual([])
    expect(LOCAL_TEXTS.filter((local) => text.includes(local))).toEqual([])
  })

  it('names every cookie with __Host-', async () => {
    const { text } = await bundled('src/index.ts')
    const names = text.matchAll(/__Host-latchkey[\w-]*/g)
    expect([...new Set([...names].flat())].toSorted()).toEqual(
      COOKIES.map((suffix) => `__Host-latchkey${suffix}`),
    )
  })

  it('differs in that from the local bundle', async () => {
    const { sources, text } = await bundled('src/local.ts')
    expect(sources.filter(isLocal)).not.toEqual([])
    expect(LOCAL_TEXTS.filter((local) => text.includes(local))).toEqual(LOCAL_TEXTS)
  })

  it('hashes at the real cost, which no setting changes', async () => {
    const cheap = { HASH_COST: '{"memory":8,"passes":1,"lanes":1}', hashCost: '8' }
    const latchkey = await startLatchkey('src/index.ts', cheap)
    const ask = (path: string, body: Record<string, unknown>) =>
      fetch(`${latchkey.origin}/operator/v1${path}`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${latchkey.keys.OPERATOR_TOKEN}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify(body),
      })
    await ask('/sites', { subdomain: 'acme', region: 'us-east-1' })
    const user = { username: 'jane', site: 'acme', password: 'a quiet lamp by the window' }
    expect((await ask('/users', { ...user, welcome: false })).status).toBe(201)
    const database = await latchkey.database('DB_US_EAST_1')
    const { results } = await database.prepare('SELECT password_hash FROM users').all()
    await latchkey.stop()
    expect(results).toEqual([
      { password_hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=1\$/) },
    ])
  })

  it('differs in that from the bundle that journeys run on', async () => {
    const { sources } = await bundled('test/support/cheap-local-worker.ts')
    expect(sources).toContain('test/support/least-hash-cost.ts')
  })
})

async function bundled(entry: Entry): Promise<{ sources: string[]; text: string }> {
  const { folder, main, sources } = await made<Bundle>(entry)
  return { sources, text: readFileSync(join(folder, main), 'utf8') }
}

function isLocal(source: string): boolean {
  return /^(src\/(local|operator)|test)\b/.test(source)
}
