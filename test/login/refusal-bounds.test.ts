import { describe, expect, it } from 'vitest'
import storage from '../../docs/storage.md?raw'
import { loginOutcomes } from '../../src/audit/login-outcome.ts'
import { countersFor } from '../../src/login/failure-counter.ts'
import { MOST_ROWS_A_DAY, refusalBy } from '../../src/login/refusal-ledger.ts'
import { batch } from '../../src/storage/batch.ts'
import { DAY, HOUR } from '../../src/storage/clock.ts'
import { newId } from '../../src/storage/ids.ts'
import type { Region } from '../../src/storage/region.ts'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { SDK, Service } from '../support/service.ts'

const onSite = { host: 'mysite.localhost', headers: SDK }
const right = { username: 'sessionuser', password: 'sessionuserpassword' }

const SHARED_COUNTERS = 64 ** 2
const HISTORY_ROWS = MOST_ROWS_A_DAY + 24 * loginOutcomes.length
const COUNTERS = MOST_ROWS_A_DAY + SHARED_COUNTERS

async function open(input = {}) {
  const service = new Service()
  const site = await service.createSite(input)
  const user = await service.createUser(site, { email: 'jo@example.com' })
  const ctx = await service.open()
  const [region] = ctx.regions.all as [Region]
  const { database } = ctx.in(region)
  return { service, site, user, ctx, database }
}

type Opened = Awaited<ReturnType<typeof open>>

/** Refusals of so many names, many in one batch: by HTTP it would take minutes. */
async function refuseNames(
  { service, site, ctx, database }: Opened,
  names: string[],
  outcome: (typeof loginOutcomes)[number] = 'username_not_found',
) {
  const at = service.clock()
  for (let done = 0; done < names.length; done += 100) {
    const statements = await Promise.all(
      names.slice(done, done + 100).map(async (username, nth) => {
        const counters = await countersFor(
          ctx.nameDigestKey,
          { nameKey: username, siteId: site.id },
          null,
        )
        const attempt = {
          id: newId(1),
          siteId: site.id,
          username,
          address: '203.0.113.7',
          userAgent: 'x'.repeat(512),
          requestId: 'f'.repeat(32),
          at,
        }
        const end = { outcome, userId: null, siteId: site.id, sessionId: null }
        const refusal = { counter: counters.stranger, shared: counters.shared, attempt, end }
        const guess = counters.stranger.slice(0, 8) + String(done + nth).padStart(8, 'g')
        return Object.values(refusalBy('always', { ...refusal, guess }, {}))
      }),
    )
    await batch(database, { statements: statements.flat() })
  }
}

async function numberOf(what: string): Promise<number> {
  return Number(await env.DB_US_EAST_1.prepare(`SELECT ${what}`).first('n'))
}

const names = (count: number, kind: string) =>
  Array.from({ length: count }, (_, nth) => `${kind}${nth}`.padEnd(256, kind))

/** As if so many names had been refused today that the site may add no more rows. */
async function spendTheDay({ service, site }: Opened): Promise<void> {
  await env.DB_US_EAST_1.prepare('INSERT INTO login_budgets (site_id, day, spent) VALUES (?, ?, ?)')
    .bind(site.id, Math.floor(service.clock() / DAY), MOST_ROWS_A_DAY)
    .run()
}

async function guess({ service }: Opened, times: number, username = right.username) {
  const types: string[] = []
  for (let nth = 0; nth < times; nth++) {
    const wrong = { username, password: `wrong ${crypto.randomUUID()}` }
    types.push((await service.logIn(wrong, onSite)).body.type.split('/')[1])
  }
  return types
}

const WRONG = 'invalid-username-or-password'
const LOCKED = 'locked-out'

describe('The data that strangers can make the database store in a day', () => {
  it('is bounded for a site, as the documentation says, after 20,000 hostile attempts', async () => {
    const opened = await open()
    await refuseNames(opened, names(6_000, 'é'))
    const rowsNow = async () => [
      await numberOf('count(*) AS n FROM login_history'),
      await numberOf('count(*) AS n FROM login_failures'),
    ]
    const [history = 0, counters = 0] = await rowsNow()
    expect(history).toBe(MOST_ROWS_A_DAY + 1)
    expect(counters).toBeGreaterThan(MOST_ROWS_A_DAY)
    await refuseNames(opened, names(14_000, 'ü'), 'password_mismatch')
    const [more = 0, all = 0] = await rowsNow()
    expect(more).toBe(history + 1)
    expect(more).toBeLessThanOrEqual(HISTORY_ROWS)
    expect(all).toBeLessThanOrEqual(COUNTERS)
    // None of them was left out.
    expect(await numberOf('sum(times) AS n FROM login_history')).toBe(20_000)
    expect(await numberOf('sum(in_a_row) AS n FROM login_failures')).toBe(20_000)
    const lengths = 'max(length(CAST(username || user_agent AS BLOB))) AS n FROM login_history'
    expect(await numberOf(lengths)).toBeLessThanOrEqual(256 * 4 + 200 * 2)
    for (const number of [MOST_ROWS_A_DAY, SHARED_COUNTERS, HISTORY_ROWS, COUNTERS])
      expect(storage).toContain(number.toLocaleString('en'))
  })

  it('is one row per hour for a name and a reason, for any number of attempts', async () => {
    const opened = await open()
    for (let hour = 0; hour < 3; hour++) {
      for (let nth = 0; nth < 10; nth++) await refuseNames(opened, ['nobody', 'other'])
      opened.service.clock.advance(HOUR)
    }
    expect(await numberOf('count(*) AS n FROM login_history')).toBe(6)
    expect(await numberOf('count(*) AS n FROM login_failures')).toBe(2)
    expect(await numberOf('spent AS n FROM login_budgets')).toBe(6)
  })

  it('is bounded for each site separately, and again the next day', async () => {
    const opened = await open()
    await spendTheDay(opened)
    await guess(opened, 1)
    await opened.service.logIn({ username: 'nobody', password: 'wrong' })
    expect(
      await numberOf("count(*) AS n FROM login_history WHERE username = '' AND site_id > 0"),
    ).toBe(1)
    expect(await numberOf("count(*) AS n FROM login_failures WHERE name_digest LIKE '__!%'")).toBe(
      1,
    )
    opened.service.clock.advance(DAY)
    await guess(opened, 1, 'nobody')
    expect(await numberOf("count(*) AS n FROM login_history WHERE username = 'nobody'")).toBe(1)
  })
})

describe('A name without a counter, once its site has used up its rows for the day', () => {
  it.each(['sessionuser', 'nobody'])(
    'is locked out after the same number of failures: %s',
    async (name) => {
      const opened = await open()
      await spendTheDay(opened)
      expect(await guess(opened, 11, name)).toEqual([...Array(10).fill(WRONG), LOCKED])
      const { status } = await opened.service.logIn({ ...right, username: name }, onSite)
      expect(status).toBe(401)
      opened.service.clock.advance(HOUR)
      expect(await guess(opened, 1, name)).toEqual([WRONG])
    },
  )

  it('stays locked out the next day, and keeps its hundred failures in a row', async () => {
    const opened = await open()
    await spendTheDay(opened)
    for (let round = 0; round < 10; round++) {
      await guess(opened, 10)
      if (round < 9) opened.service.clock.advance(HOUR)
    }
    opened.service.clock.advance(23 * HOUR)
    expect(await guess(opened, 1)).toEqual([LOCKED])
    opened.service.clock.advance(HOUR)
    expect(await guess(opened, 1)).toEqual([WRONG])
    expect(await numberOf('max(in_a_row) AS n FROM login_failures')).toBe(101)
  })

  it('is not locked out by a shared counter if it has its own', async () => {
    const opened = await open()
    await guess(opened, 1)
    await lockShared(opened)
    expect((await opened.service.logIn(right, onSite)).status).toBe(201)
  })

  it('is locked out by shared failures, and unlocked alone by an unlock', async () => {
    const opened = await open()
    await lockShared(opened)
    expect(await guess(opened, 1)).toEqual([LOCKED])
    const operate = operatorOf(opened.service)
    expect((await operate('POST', '/users/sessionuser/unlock')).status).toBe(204)
    expect((await opened.service.logIn(right, onSite)).status).toBe(201)
    expect(await numberOf("count(*) AS n FROM login_failures WHERE name_digest LIKE '__!%'")).toBe(
      1,
    )
  })

  it('does not clear shared failures by a success', async () => {
    const opened = await open()
    await spendTheDay(opened)
    await guess(opened, 9)
    expect((await opened.service.logIn(right, onSite)).status).toBe(201)
    expect(await guess(opened, 2)).toEqual([WRONG, LOCKED])
  })
})

/** Locks what `sessionuser` shares with other names, as by their failures. */
async function lockShared({ service, site, ctx }: Opened): Promise<void> {
  const named = { nameKey: 'sessionuser', siteId: site.id }
  const { shared } = await countersFor(ctx.nameDigestKey, named, null)
  await env.DB_US_EAST_1.prepare(
    'INSERT INTO login_failures (name_digest, failures, last_failed_at, locked_until) VALUES (?1, 10, ?2, ?2 + 3600000)',
  )
    .bind(shared, service.clock())
    .run()
}
