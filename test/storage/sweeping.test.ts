import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/storage/clock.ts'
import { idsOfRegion, newId } from '../../src/storage/ids.ts'
import { FORM_IDS } from '../../src/storage/sent-forms.ts'
import { idsOfMinute, numbersOfMinute } from '../../src/storage/sweep.ts'
import { env } from '../support/env.ts'
import { Service } from '../support/service.ts'
import { isAmong } from '../support/slices.ts'

const db = env.DB_US_EAST_1
const REGION = 1

async function insert(table: string, rows: Record<string, unknown>[]): Promise<void> {
  await db.batch(
    rows.map((row) => {
      const names = Object.keys(row)
      return db
        .prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => '?')})`)
        .bind(...Object.values(row))
    }),
  )
}

async function count(table: string): Promise<number> {
  return (await db.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')) ?? 0
}

/** The keys at both ends of a range, and some between, no two of them next to each other. */
function keysAcross({ from, count }: { from: number; count: number }): number[] {
  const between = [1, 2, 3, 4].map((fifth) => from + Math.floor((count * fifth) / 5))
  return [from, ...between, from + count - 2]
}

const ids = keysAcross(idsOfRegion(REGION))
const formIds = keysAcross(FORM_IDS)

/** A service, and how rows of the tables that are swept by slices look: by their key and their time. */
async function open() {
  const service = new Service()
  const site = await service.createSite()
  const user = await service.createUser(site)
  const [at, site_id, user_id] = [service.clock(), site.id, user.id]
  await insert('sso_strategies', [
    { id: 1, site_id, provider: 'x', label: '', client_id: '', client_secret: '', created_at: at },
  ])
  const identity = { id: 1, site_id, strategy_id: 1, user_id, issuer: 'x', subject: 'x' }
  await insert('sso_identities', [{ ...identity, created_at: at, last_used_at: at }])
  const event = { event: 'x', actor: 'x', user_agent: '', request_id: '' }
  const method = { method: 'totp', name: '' }
  const key = { site_id, user_id, name: '', permission_set: 'full', created_at: at }
  const tables = {
    sent_forms: {
      kept: 0,
      keys: formIds,
      row: (id: number, time: number) => ({ id, sending: 1, expires_at: time }),
    },
    sent_texts: {
      kept: DAY,
      keys: ids,
      row: (id: number, time: number) => ({ id, site_id, phone_number: '1', sent_at: time }),
    },
    sso_sessions: {
      kept: 30 * DAY,
      keys: ids,
      row: (session_id: number, time: number) => ({ session_id, identity_id: 1, created_at: time }),
    },
    credential_events: {
      kept: 90 * DAY,
      keys: ids,
      row: (id: number, time: number) => ({ id, site_id, user_id, ...event, created_at: time }),
    },
    second_factors: {
      kept: 10 * MINUTE,
      keys: ids,
      row: (id: number, time: number) => ({ id, site_id, user_id, ...method, created_at: time }),
    },
    api_keys: {
      kept: 0,
      keys: ids,
      row: (id: number, time: number) => ({ id, digest: `${id}`, ...key, expires_at: time }),
    },
    released_hosts: {
      kept: 90 * DAY,
      keys: ids,
      row: (id: number, time: number) => ({ host: `${id}`, site_id: id, released_at: time }),
    },
  }
  return { service, tables, site_id, user_id }
}

/** Runs the cron in each minute of a day in which it sweeps one of the keys. */
async function runADay(service: Service): Promise<void> {
  for (let minute = 0; minute < DAY / MINUTE; minute++) {
    const now = service.clock()
    const ofDay = idsOfMinute(REGION, now)
    const ofHour = numbersOfMinute(FORM_IDS, now, HOUR)
    const isTurn =
      ids.some((id) => isAmong(id, ofDay)) ||
      (minute < HOUR / MINUTE && formIds.some((id) => isAmong(id, ofHour)))
    if (isTurn) await service.runCron()
    service.clock.advance(MINUTE)
  }
}

describe('The cron', () => {
  it('deletes every expired row within a day, and no other', async () => {
    const { service, tables } = await open()
    const start = service.clock()
    for (const [table, { kept, keys, row }] of Object.entries(tables)) {
      await insert(
        table,
        keys.map((key) => row(key, start - kept - 1)),
      )
      await insert(
        table,
        keys.map((key) => row(key + 1, start - kept + DAY)),
      )
    }
    await runADay(service)
    for (const [table, { keys, row }] of Object.entries(tables)) {
      const { results } = await db.prepare(`SELECT * FROM ${table}`).all()
      expect(results, table).toHaveLength(keys.length)
      for (const key of keys) {
        const [name = '', value] = Object.entries(row(key + 1, 0))[0] ?? []
        expect(
          results.map((found) => found[name]),
          table,
        ).toContain(value)
      }
    }
  })

  it('deletes short-lived rows in the next minute, also behind one that is kept longer', async () => {
    const { service, site_id, user_id } = await open()
    const now = service.clock()
    const approval = { site_id, user_id, credential_version: 1, platform: '', computer: '' }
    const tables = {
      redemptions: {
        kept: 10 * MINUTE,
        row: (jti: string, time: number) => ({ jti, session_id: 1, expires_at: time }),
      },
      partial_sessions: {
        kept: 10 * MINUTE,
        row: (jti: string, time: number) => ({ jti, failures: 1, expires_at: time }),
      },
      pairing_keys: {
        kept: 0,
        row: (digest: string, time: number) => ({ digest, expires_at: time }),
      },
      pairing_approvals: {
        kept: 2 * MINUTE,
        row: (digest: string, time: number) => ({ digest, ...approval, approved_at: time }),
      },
    }
    for (const [table, { kept, row }] of Object.entries(tables)) {
      await insert(table, [row('~first', now - kept)])
      const keys = [crypto.randomUUID(), `sso:${crypto.randomUUID()}`, `logout:${newId(REGION)}:~`]
      await insert(
        table,
        keys.map((key) => row(key, now - kept - 1)),
      )
      await insert(table, [row('-last', now - kept)])
    }
    await service.runCron()
    for (const table of Object.keys(tables)) expect(await count(table), table).toBe(2)
    service.clock.advance(1)
    await service.runCron()
    for (const table of Object.keys(tables)) expect(await count(table), table).toBe(0)
  })

  it('deletes short-lived rows in the next minute, also far behind one that is kept for a day', async () => {
    const { service } = await open()
    const now = service.clock()
    const expired = now - 10 * MINUTE - 1
    await insert('partial_sessions', [
      { rowid: 1, jti: 'reset:1', failures: 1, expires_at: now + DAY },
      { rowid: 2, jti: 'reset:2', failures: 1, expires_at: now + DAY },
      ...[2, 3].map((far) => ({
        rowid: far * 20_000,
        jti: `${far}`,
        failures: 1,
        expires_at: expired,
      })),
    ])
    await service.runCron()
    await service.runCron()
    expect(await count('partial_sessions')).toBe(2)
  })

  it('deletes 20,000 short-lived rows a minute', async () => {
    const { service } = await open()
    const expired = service.clock() - 10 * MINUTE - 1
    await db
      .prepare(
        `INSERT INTO redemptions (jti, session_id, expires_at)
          WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 25000)
          SELECT hex(randomblob(16)), n, ? FROM n`,
      )
      .bind(expired)
      .run()
    await service.runCron()
    expect(await count('redemptions')).toBe(5_000)
    await insert('redemptions', [{ jti: 'last', session_id: 1, expires_at: expired + 1 }])
    await service.runCron()
    expect(await count('redemptions')).toBe(1)
  })
})
