import { applyD1Migrations } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/storage/clock.ts'
import type { Region } from '../../src/storage/region.ts'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'
import { tablesOf } from '../support/stores.ts'
import statementsBefore from './statements-before-issue-24.json'

/** The number of migrations that the former Worker knew. */
const BEFORE = 22
const MOVED = [
  'login_failures',
  'known_addresses',
  'sent_notices',
  'unverified_mails',
  'reset_codes',
  'outbox',
]

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const HOME = { headers: { 'CF-Connecting-IP': '203.0.113.7' } }
const ELSEWHERE = { headers: { 'CF-Connecting-IP': '198.51.100.9' } }
type Row = Record<string, unknown>

async function rowsOf(db: D1Database, table: string): Promise<Row[]> {
  return (await db.prepare(`SELECT * FROM "${table}"`).all<Row>()).results
}

/** Copies rows with the columns that a database has, as the former Worker would have written them. */
async function copyRows(from: D1Database, to: D1Database): Promise<void> {
  const statements = [to.prepare('PRAGMA defer_foreign_keys = on')]
  for (const table of await tablesOf(to)) {
    const info = await to.prepare(`PRAGMA table_info("${table}")`).all<{ name: string }>()
    const columns = info.results.map(({ name }) => name)
    const insertion = to.prepare(
      `INSERT INTO "${table}" (${columns}) VALUES (${columns.map(() => '?')})`,
    )
    for (const row of await rowsOf(from, table))
      statements.push(insertion.bind(...columns.map((name) => row[name] ?? null)))
  }
  await to.batch(statements)
}

/** Its limit for mail to unverified addresses. */
const LIMIT = { UNVERIFIED_MAIL_DAILY_LIMIT: '1' }

/** A lockout, a known IP address, a user and a site who have reached a mail limit, a reset code, and pending mail. */
async function usedService() {
  const service = new Service(LIMIT)
  const site = await service.createSite()
  await service.createUser(site, { email: 'jo@example.com', emailIsVerified: true })
  await service.createUser(site, { username: 'kim', email: 'kim@example.com' })
  await forgot(service, 'kim')
  expect(service.mails.map(({ to }) => to)).toEqual(['kim@example.com'])
  expect((await service.logIn(right, HOME)).status).toBe(201)
  for (let nth = 0; nth < 10; nth++)
    await service.logIn({ ...right, password: `wrong ${nth}` }, ELSEWHERE)
  for (let nth = 0; nth < 3; nth++) await forgot(service)
  const code = codeIn(service)
  service.mailFails = true
  const invited = { username: 'jane', site: 'mysite', email: 'jane@example.com', welcome: true }
  expect((await operatorOf(service)('POST', '/users', invited)).status).toBe(201)
  return { service, code }
}

const forgot = (service: Service, username = right.username) =>
  service.ask('POST', `${API}/sessions/forgot`, { body: { username } })

function codeIn({ mails }: Service): string {
  const [, code] = /code=([0-9a-f]{40})/.exec(mails.at(-1)?.text ?? '') ?? []
  return code ?? ''
}

describe('The recreated tables', () => {
  it('lose no lockout, known IP address, mail limit, reset code or invitation', async () => {
    const { service: earlier, code } = await usedService()
    const db = env.DB_OF_BEFORE
    await applyD1Migrations(db, env.MIGRATIONS.region.slice(0, BEFORE))
    await copyRows(env.DB_US_EAST_1, db)
    const before = new Map<string, Row[]>()
    for (const table of MOVED) before.set(table, await rowsOf(db, table))
    await applyD1Migrations(db, env.MIGRATIONS.region)

    for (const [table, rows] of before) {
      expect(rows.length, table).toBeGreaterThan(0)
      expect(await rowsOf(db, `${table}_with_rowid`)).toEqual(rows)
      const moved = await rowsOf(db, table)
      expect(moved).toHaveLength(rows.length)
      for (const row of rows) expect(moved).toContainEqual(expect.objectContaining(row))
    }

    const service = new Service({ ...LIMIT, DB_US_EAST_1: db }, earlier.clock)
    expect((await service.logIn(right, ELSEWHERE)).body.type).toBe('not-authenticated/locked-out')
    expect((await service.logIn(right, HOME)).status).toBe(201)
    for (const username of [right.username, 'kim']) await forgot(service, username)
    expect(service.mails).toEqual([])
    service.clock.advance(MINUTE)
    await service.runCron()
    for (const one of [code, codeIn(service)]) {
      const body = { code: one }
      const { status } = await service.ask('POST', `${API}/sessions/forgot/validate`, { body })
      expect(status).toBe(204)
    }
  })

  it.each(statementsBefore)('accept a statement of the former Worker: %s', async (statement) => {
    const values = [...statement.matchAll(/\?/g)].map(() => null)
    const explained = env.DB_US_EAST_1.prepare(`EXPLAIN ${statement}`).bind(...values)
    expect((await explained.all()).results.length).toBeGreaterThan(0)
  })

  it('leave the login history in place, listed and cleaned up with newer attempts', async () => {
    const service = new Service()
    const site = await service.createSite()
    const user = await service.createUser(site, { siteAdmin: true })
    const hours = [1, 2, 3].map((hour) => service.clock() - hour * HOUR)
    for (const [nth, at] of hours.entries())
      await env.DB_US_EAST_1.prepare(
        `INSERT INTO login_attempts (id, site_id, user_id, username, outcome, user_agent, request_id, created_at)
          VALUES (?, ?, ?, 'jo', 'password_mismatch', '', '', ?)`,
      )
        .bind(nth + 1, site.id, user.id, at)
        .run()
    const { body } = await service.logIn(user, { headers: SDK })
    const ask = async (query = '') => {
      const headers = { 'X-FilesAPI-Auth': body.id }
      return service.ask('GET', `${API}/history/login${query}`, { headers })
    }
    const listed = await ask()
    expect(listed.body.map(({ id }: { id: number }) => id)).toEqual([expect.any(Number), 1, 2, 3])
    expect(listed.body[1]).toMatchObject({ times: 1, last_at: null, last_ip: null })
    const next = (await ask('?per_page=2')).headers.get('X-Files-Cursor')
    expect((await ask(`?per_page=2&cursor=${next}`)).body.map(({ id }: Row) => id)).toEqual([2, 3])
    expect((await ask('?failure_type=password_mismatch&username=JO')).body).toHaveLength(3)
    expect((await ask('.csv')).body.trim().split('\r\n')).toHaveLength(5)
    const ctx = await service.open()
    const { attempts } = ctx.in(ctx.regions.all[0] as Region)
    expect(await attempts.sweep(service.clock() - HOUR, 10)).toBe(2)
    expect(await attempts.sweep(service.clock() + 1, 1)).toBe(1)
    expect(await attempts.sweep(service.clock() + 1, 10)).toBe(1)
    expect((await ask()).body).toEqual([])
  })

  it.each([
    ['known_addresses', 'where rowid in'],
    ['unverified_mails', 'where "unverified_mails"."id" in'],
  ])('are cleaned up by the former Worker, too: %s', async (table, which) => {
    const { service } = await usedService()
    const start = `delete from "${table}" ${which}`
    const sweep = statementsBefore.find((one) => one.startsWith(start))
    const swept = env.DB_US_EAST_1.prepare(sweep ?? '').bind(service.clock() + DAY, 10)
    expect((await swept.all()).results).toHaveLength(1)
  })

  it('count mail to unverified addresses for the former Worker and this one together', async () => {
    const service = new Service({ UNVERIFIED_MAIL_DAILY_LIMIT: '2' })
    const site = await service.createSite()
    const former = async (id: number) => {
      const [insertion = '', found = ''] = ['insert into', 'select "id" from'].map((start) =>
        statementsBefore.find((one) => one.startsWith(`${start} "unverified_mails"`)),
      )
      const now = service.clock()
      const counted = (since: number) => [site.id, 'reset', since]
      const ofAddress = [...counted(now - HOUR), 'jo@example.com', 20]
      await env.DB_US_EAST_1.prepare(insertion)
        .bind(
          ...[id, site.id, 'jo@example.com', 'reset', now, ...counted(now - DAY), 2],
          ...ofAddress,
          ...ofAddress,
        )
        .run()
      return (await env.DB_US_EAST_1.prepare(found).bind(id).all()).results.length
    }
    expect([await former(1), await former(1)]).toEqual([1, 1])
    for (const username of ['jane', 'kim']) {
      await service.createUser(site, { username, email: `${username}@example.com` })
      await forgot(service, username)
    }
    expect(service.mails.map(({ to }) => to)).toEqual(['jane@example.com'])
    expect([await former(2), await former(1)]).toEqual([0, 1])
  })
})
