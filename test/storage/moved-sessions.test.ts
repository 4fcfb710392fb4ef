import { applyD1Migrations } from 'cloudflare:test'
import { afterAll, describe, expect, it } from 'vitest'
import { keyOfString } from '../../src/sessions/session-string.ts'
import { DAY, HOUR } from '../../src/storage/clock.ts'
import type { Region } from '../../src/storage/region.ts'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'
import { StatementRecorder } from '../support/statement-recorder.ts'
import { tablesOf } from '../support/stores.ts'

const db = env.DB_OF_BEFORE
const MANY = 100_000
const onSite = { host: 'mysite.localhost', headers: SDK }
const right = { username: 'sessionuser', password: 'sessionuserpassword' }

/** What the former Worker sent for sessions, with the columns of its select cut. */
const former = {
  begin: `insert into "sessions" ("id", "digest", "site_id", "user_id", "credential_version", "epoch", "created_at",
    "last_used_at", "timeout_at", "ends_at", "parent_id", "address", "place", "user_agent", "authenticated_at",
    "second_factor_at") SELECT ?, ?, site_id, id, credential_version, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
    FROM "users" WHERE "users"."username" = ?`,
  use: `select "sessions"."id" as "session_id", "users"."id" as "user_id", "sites"."id" as "site_id" from "sessions"
    inner join "users" on "users"."id" = "sessions"."user_id"
    inner join "sites" on "sites"."id" = "sessions"."site_id" where "sessions"."digest" = ?`,
  touch: `update "sessions" set "last_used_at" = ?, "timeout_at" = ?
    where ("sessions"."id" in (?) and "sessions"."timeout_at" > ?) returning "id"`,
  end: `delete from "sessions" where ("sessions"."digest" = ? and "sessions"."timeout_at" > ?) returning "id"`,
  endAll: 'delete from "sessions" where ("sessions"."user_id" = ? and "sessions"."id" <> ?)',
  sweep: `delete from "sessions" where "sessions"."id" IN (SELECT id FROM sessions
    WHERE "sessions"."timeout_at" < ? LIMIT ?) returning "id"`,
}

/** The number of migrations that the former Worker knew. */
const BEFORE = 22

let service: Service
let userId = 0
const strings = Array.from({ length: 6 }, (_, nth) => `01${String(nth).repeat(38)}`)

/** A database of the former schema with many sessions, a few of which have known strings; then the newest schema. */
async function move(): Promise<void> {
  const earlier = new Service()
  const site = await earlier.createSite()
  userId = (await earlier.createUser(site)).id
  await empty()
  await applyD1Migrations(db, env.MIGRATIONS.region.slice(0, BEFORE))
  for (const table of ['sites', 'users']) await copyRows(table)
  const now = earlier.clock()
  const columns = `(id, digest, site_id, user_id, credential_version, epoch, created_at, last_used_at, timeout_at,
    ends_at, user_agent)`
  const rest = `users.site_id, users.id, users.credential_version, 1, ${now}, ${now}, ${now + 6 * HOUR},
    ${now + 30 * DAY}, 'x'`
  await db
    .prepare(
      `INSERT INTO sessions ${columns} WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${MANY})
        SELECT (1 << 45) + abs(random() % (1 << 45)), hex(randomblob(20)), ${rest} FROM n, users`,
    )
    .run()
  for (const [nth, text] of strings.entries()) {
    const { digest } = await keyOfString(text, { code: 1 } as Region)
    await db
      .prepare(`INSERT INTO sessions ${columns} SELECT ?, ?, ${rest} FROM users`)
      .bind(2 ** 45 + nth, digest)
      .run()
  }
  await applyD1Migrations(db, env.MIGRATIONS.region)
  service = new Service({ DB_US_EAST_1: db }, earlier.clock)
}

/** Other tests migrate this database, too. */
afterAll(empty)

async function empty(): Promise<void> {
  const { results } = await db
    .prepare("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view')")
    .all<{ type: string; name: string }>()
  // A table goes before those that it refers to.
  const others = (await tablesOf(db)).filter((name) => name !== 'users' && name !== 'sites')
  const names = [...others.toReversed(), 'users', 'sites', 'd1_migrations']
  const tables = names.map((name) => ({ type: 'table', name }))
  await db.batch([
    db.prepare('PRAGMA defer_foreign_keys = on'),
    ...[...results, ...tables].map(({ type, name }) =>
      db.prepare(`DROP ${type} IF EXISTS "${name}"`),
    ),
  ])
}

/** Copies the rows of a table with the columns that the former schema has. */
async function copyRows(table: string): Promise<void> {
  const { results: info } = await db.prepare(`PRAGMA table_info(${table})`).all<{ name: string }>()
  const columns = info.map(({ name }) => name)
  const { results } = await env.DB_US_EAST_1.prepare(`SELECT ${columns} FROM ${table}`).all()
  const insertion = db.prepare(
    `INSERT INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})`,
  )
  await db.batch(results.map((row) => insertion.bind(...columns.map((name) => row[name] ?? null))))
}

const count = (table: string) => db.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')
const auth = (text = '') => ({ headers: { ...SDK, 'X-FilesAPI-Auth': text } })
const use = async (text: string | undefined) =>
  (await service.ask('GET', `${API}/site`, auth(text))).status

describe('With 100,000 sessions of the former release, the Worker', () => {
  it('accepts, extends, lists and revokes them, and starts new ones in the new table', async () => {
    await move()
    expect(await count('sessions')).toBe(MANY + strings.length)
    expect(await count('keyed_sessions')).toBe(0)
    const [used, loggedOut, revoked, kept] = strings
    expect(await use(used)).toBe(200)
    service.clock.advance(5 * HOUR)
    await service.runCron()
    expect(await use(used)).toBe(200)
    const { body: begun } = await service.logIn(right, onSite)
    expect(await count('keyed_sessions')).toBe(1)
    expect((await service.ask('DELETE', `${API}/sessions`, auth(loggedOut))).status).toBe(204)
    expect(await use(loggedOut)).toBe(401)
    const ids = async () =>
      (await service.ask('GET', `${API}/sessions?per_page=3`, auth(kept))).body.map(
        ({ id }: { id: number }) => id,
      )
    const before = await ids()
    expect(before).toEqual(before.toSorted((a: number, b: number) => a - b))
    expect(before).toContain(2 ** 45 + 2)
    const { status } = await service.ask('DELETE', `${API}/sessions/${2 ** 45 + 2}`, auth(kept))
    expect([status, await use(revoked)]).toEqual([204, 401])
    // Past the timeout of all that nobody used.
    service.clock.advance(2 * HOUR)
    await service.runCron()
    expect([await use(used), await use(kept), await use(begun.id)]).toEqual([200, 200, 200])
    expect(await count('sessions')).toBeLessThan(MANY)
    const others = await service.ask('DELETE', `${API}/sessions/others`, auth(begun.id))
    expect(others.status).toBe(204)
    expect([await use(used), await use(kept), await use(begun.id)]).toEqual([401, 401, 200])
    expect([await count('sessions'), await count('keyed_sessions')]).toEqual([0, 1])
  })
})

describe('On the new schema, the former Worker', () => {
  it('still uses its sessions, with the same indexes', async () => {
    const recorder = new StatementRecorder(db)
    for (const statement of Object.values(former)) {
      const plan = await recorder.planOf(statement)
      expect(plan.filter((step) => /^SCAN (?!users)/.test(step))).toEqual([])
    }
    const now = service.clock()
    const digest = 'of the former Worker'
    const run = (statement: string, ...values: unknown[]) =>
      db
        .prepare(statement)
        .bind(...values)
        .all()
    await run(
      former.begin,
      77,
      digest,
      1,
      now,
      now,
      now + HOUR,
      now + DAY,
      null,
      null,
      null,
      '',
      0,
      0,
      'sessionuser',
    )
    expect((await run(former.use, digest)).results).toHaveLength(1)
    expect((await run(former.touch, now, now + HOUR, 77, now)).results).toHaveLength(1)
    expect((await run(former.end, digest, now)).results).toHaveLength(1)
    await run(former.endAll, userId, 0)
    expect((await run(former.sweep, now, 10)).results).toEqual([])
  })

  it('deletes a user whose sessions it does not know', async () => {
    const { status } = await service.logIn(right, onSite)
    expect(status).toBe(201)
    await db.prepare('DELETE FROM users WHERE id = ?').bind(userId).run()
    expect(await count('keyed_sessions')).toBe(0)
  })
})
