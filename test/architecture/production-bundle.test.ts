import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BundledModule, kibibytesOf, type WorkerBundle } from '../../src/cli/bundle.ts'
import type { Entry } from '../journeys/support/bundled-worker.ts'
import { made, startLatchkey } from '../journeys/support/latchkey.ts'

/** What only the local entry contains: the demo users' passwords and its cookie names. */
const LOCAL_TEXTS = ['sessionuserpassword', 'siteadminpassword', 'latchkey-local']
/** Browsers send cookies with this prefix to no other host, and over HTTPS only. */
const COOKIES = ['', '-check', '-device', '-pairing', '-reset', '-second-step']

/** What is loaded when it is first used: libraries, word lists, and the routes of areas.ts. */
const FEW_NEED = [
  /node_modules\/(@simplewebauthn|@peculiar)\//,
  /node_modules\/libphonenumber-js\//,
  /node_modules\/nodemailer\//,
  /node_modules\/oauth4webapi\//,
  /node_modules\/bcryptjs\//,
  /node_modules\/uqr\//,
  /passwords\/common-passwords/,
  /users\/confusables\.txt/,
  /src\/area-(?!everyday)/,
  /src\/ui\/admin\//,
]
const AT_START_KIBIBYTES = 350
/** A library that is imported as a whole shows here. */
const ALL_KIBIBYTES = 585

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

  it('evaluates at its start nothing that few calls need', async () => {
    const { modules } = await bundled('src/index.ts')
    const atStart = sourcesOf(modules.filter(({ isAtStart }) => isAtStart))
    const all = sourcesOf(modules)
    for (const few of FEW_NEED) {
      expect(all.filter((source) => few.test(source))).not.toEqual([])
      expect(atStart.filter((source) => few.test(source))).toEqual([])
    }
  })

  it('is small at its start, and no larger than it was in all', async () => {
    const bundle = await bundled('src/index.ts')
    expect(kibibytesOf(bundle, ({ isAtStart }) => isAtStart)).toBeLessThan(AT_START_KIBIBYTES)
    expect(kibibytesOf(bundle)).toBeLessThan(ALL_KIBIBYTES)
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

function sourcesOf(modules: BundledModule[]): string[] {
  return [...new Set(modules.flatMap(({ sources }) => sources))]
}

async function bundled(entry: Entry) {
  const bundle = await made<WorkerBundle>(entry)
  const { folder, modules } = bundle
  const texts = modules.map(({ path }) => readFileSync(join(folder, path), 'latin1'))
  return { ...bundle, sources: sourcesOf(modules), text: texts.join('\n') }
}

function isLocal(source: string): boolean {
  return /^(src\/(local|operator)|test)\b/.test(source)
}
