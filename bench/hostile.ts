// How much a million hostile attempts at one site make a database store: each of a name of its own, all of them as large as
// they can be. By the statements of the service on SQLite itself, which D1 is, as the network would be most of the time.
//
//   npm run bench:hostile [attempts]

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { importHmacKey, randomBytes } from '../src/crypto/digests.ts'
import { countersFor } from '../src/login/failure-counter.ts'
import { refusalBy } from '../src/login/refusal-ledger.ts'
import { newId } from '../src/storage/ids.ts'

const ATTEMPTS = Number(process.argv[2] ?? 1_000_000)
const SITE = newId(1)
const MIGRATIONS = 'migrations/region'

const database = new DatabaseSync(':memory:')
const isMigration = (name: string) => name.endsWith('.sql')
for (const name of readdirSync(MIGRATIONS).filter(isMigration).toSorted())
  database.exec(readFileSync(join(MIGRATIONS, name), 'utf8'))
const empty = bytes()

const prepared = new Map<string, StatementSync>()
const key = await importHmacKey(randomBytes(32))
const at = Date.now()
for (let done = 0; done < ATTEMPTS; done++) {
  if (done % 100_000 === 0) console.error(`${done}: ${JSON.stringify(stored())}`)
  await refuse(done)
}
console.log(JSON.stringify({ attempts: ATTEMPTS, ...stored() }, null, 2))

async function refuse(nth: number): Promise<void> {
  const username = `name ${nth} `.padEnd(256, 'é')
  const { stranger, shared } = await countersFor(key, { nameKey: username, siteId: SITE }, null)
  const attempt = {
    id: newId(1),
    siteId: SITE,
    username,
    address: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
    userAgent: 'ÿ'.repeat(512),
    requestId: 'f'.repeat(32),
    at,
  }
  const end = {
    outcome: 'username_not_found',
    userId: null,
    siteId: SITE,
    sessionId: null,
  } as const
  const guess = stranger.slice(0, 16)
  const statements = refusalBy('always', { counter: stranger, shared, attempt, end, guess }, {})
  for (const statement of Object.values(statements)) {
    const { sql, params } = statement.prepare().getQuery()
    const one = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, one)
    one.run(...(params as SQLInputValue[]))
  }
}

function stored() {
  const [history, counters, counted] = [
    'count(*) AS n FROM login_history',
    'count(*) AS n FROM login_failures',
    'coalesce(sum(times), 0) AS n FROM login_history',
  ].map((what) => database.prepare(`SELECT ${what}`).get()?.n)
  return { history, counters, counted, bytes: bytes() - empty }
}

function bytes(): number {
  const of = (pragma: string) =>
    Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
  return of('page_count') * of('page_size')
}
