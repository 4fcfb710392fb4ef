import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/storage/regional-database.ts'
import { RoundTripMeter } from '../../src/storage/round-trips.ts'
import { env } from '../support/env.ts'
import { interposed } from '../support/interposed-database.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { API, SDK, Service } from '../support/service.ts'

/** A request's database, whose replica has the state of the last `replicate`. */
function open() {
  const lagging = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
  const database = openDatabase(lagging.binding, { store: 'd1', meter: new RoundTripMeter() })
  return { lagging, database }
}

const beat = (at: number) =>
  env.DB_US_EAST_1.exec(`INSERT OR REPLACE INTO heartbeat VALUES (1, ${at})`)

describe('A read at the primary', () => {
  it('returns the newest state at every query of a request, not only at the first', async () => {
    const { lagging, database } = open()
    const read = () => database.primary.all(sql`SELECT beat_at FROM heartbeat`)
    await beat(1)
    expect(await read()).toEqual([{ beat_at: 1 }])
    await lagging.replicate()
    await beat(2)
    expect(await read()).toEqual([{ beat_at: 2 }])
    expect(await database.nearest.all(sql`SELECT beat_at FROM heartbeat`)).toEqual([{ beat_at: 1 }])
  })

  it('returns the newest state in a batch and for a prepared statement', async () => {
    const { lagging, database } = open()
    const { primary } = database
    const [before, after] = [1, 2].map(() => primary.all(sql`SELECT beat_at FROM heartbeat`))
    await beat(1)
    expect(await before).toEqual([{ beat_at: 1 }])
    await lagging.replicate()
    await beat(2)
    expect(await after).toEqual([{ beat_at: 2 }])
    await lagging.replicate()
    await beat(3)
    const batch = await primary.batch([
      primary.all(sql`SELECT beat_at FROM heartbeat`) as never,
      primary.all(sql`SELECT beat_at AS again FROM heartbeat`) as never,
    ])
    expect(batch).toEqual([[{ beat_at: 3 }], [{ again: 3 }]])
  })

  it('returns the newest state for a change to compare with, even if another change came after admission', async () => {
    const lagging = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
    const service = new Service()
    const site = await service.createSite()
    await service.createUser(site, { username: 'boss', siteAdmin: true })
    const { id } = await service.createUser(site, { username: 'jane', readOnly: true })
    const right = { username: 'boss', password: 'sessionuserpassword' }
    const { body: session } = await service.logIn(right, { headers: SDK })
    service.env.DB_US_EAST_1 = interposed(lagging.binding, 'from "sessions"', async () => {
      await lagging.replicate()
      await env.DB_US_EAST_1.exec(`UPDATE users SET read_only = 0 WHERE id = ${id}`)
    })
    const { status } = await service.ask('PATCH', `${API}/users/${id}`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      body: { read_only: true },
    })
    expect(status).toBe(200)
    const isReadOnly = env.DB_US_EAST_1.prepare('SELECT read_only FROM users WHERE id = ?')
    expect(await isReadOnly.bind(id).first('read_only')).toBe(1)
  })
})

describe('The bookmark of a request', () => {
  /** A database whose sessions have seen these states, in the order in which they are opened. */
  const seeing = (bookmarks: (string | null)[]) => {
    const opened: string[] = []
    const binding = {
      withSession: (constraint: string) => {
        opened.push(constraint)
        const bookmark = bookmarks.shift() ?? null
        const session = env.DB_US_EAST_1.withSession()
        return {
          prepare: (text: string) => session.prepare(text),
          batch: (statements: D1PreparedStatement[]) => session.batch(statements),
          getBookmark: () => bookmark,
        }
      },
    } as unknown as D1Database
    return { opened, database: openDatabase(binding, { store: 'd1', meter: new RoundTripMeter() }) }
  }

  it('is the newest one of all its database sessions', async () => {
    const of = (nth: string) => `0000000${nth}-00000000-00000000-${'0'.repeat(32)}`
    const { database, opened } = seeing([of('2'), of('1'), of('b'), of('a'), null])
    expect(database.bookmark()).toBeNull()
    const expected = [of('2'), of('2'), of('b'), of('b'), of('b')]
    for (const [nth, bookmark] of expected.entries()) {
      await database[nth === 1 ? 'nearest' : 'primary'].all(sql`SELECT 1`)
      expect(database.bookmark()).toBe(bookmark)
    }
    expect(opened.toSorted()).toEqual(
      ['first-unconstrained', ...Array(4).fill('first-primary')].toSorted(),
    )
  })

  it('is missing when no database was queried', () => {
    const { database, opened } = seeing([])
    expect([database.bookmark(), opened]).toEqual([null, []])
  })
})
