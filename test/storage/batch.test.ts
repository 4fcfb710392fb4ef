import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { batch } from '../../src/storage/batch.ts'
import { CompiledStatement } from '../../src/storage/compiled-statement.ts'
import { usernames } from '../../src/storage/directory-tables.ts'
import { UniqueViolation } from '../../src/storage/guarded-storage.ts'
import { insertFrom } from '../../src/storage/insert-from.ts'
import { openDatabase } from '../../src/storage/regional-database.ts'
import { RoundTripMeter } from '../../src/storage/round-trips.ts'
import { env } from '../support/env.ts'
import { emptyStores } from '../support/stores.ts'

const meter = new RoundTripMeter()
const database = openDatabase(env.DIRECTORY, { store: 'directory', meter })
const db = database.primary
const row = { usernameDigest: 'a', regionCode: 1, claim: 'mine', claimedAt: 3, confirmedAt: null }

const byDigest = new CompiledStatement((builder) =>
  builder
    .select()
    .from(usernames)
    .where(eq(usernames.usernameDigest, sql.placeholder('digest'))),
)

describe('A batch', () => {
  beforeEach(emptyStores)

  it('returns each result under its statement’s name, in one round trip to the primary', async () => {
    meter.trips.length = 0
    const done = await batch(database, {
      before: db.select().from(usernames),
      left: null,
      inserted: db.insert(usernames).values(row),
      several: [
        db.select({ claim: usernames.claim }).from(usernames),
        byDigest.with({ digest: 'a' }),
      ],
      none: [],
      compiled: byDigest.with({ digest: 'b' }),
    })
    expect(done).toMatchObject({
      before: [],
      left: null,
      inserted: { meta: { changes: 1 } },
      several: [[{ claim: 'mine' }], [row]],
      none: [],
      compiled: [],
    })
    expect(meter.trips.map(({ store }) => store)).toEqual(['directory-primary'])
  })

  it('is atomic', async () => {
    const failing = batch(database, {
      first: db.insert(usernames).values(row),
      again: db.insert(usernames).values(row),
    })
    await expect(failing).rejects.toThrow(UniqueViolation)
    expect(await db.select().from(usernames)).toEqual([])
  })
})

const insertOnce = new CompiledStatement((builder) =>
  insertFrom(
    builder,
    usernames,
    { ...row, usernameDigest: sql.placeholder('digest') },
    { where: sql`${sql.placeholder('mayInsert')}` },
  ),
)

describe('A conditional insert', () => {
  beforeEach(emptyStores)

  it('assigns each column the value beside its name, in any order', async () => {
    const { confirmedAt, claimedAt, ...others } = row
    await insertFrom(db, usernames, { claimedAt, confirmedAt, ...others }, { where: sql`1` })
    expect(await db.select().from(usernames)).toEqual([row])
  })

  it('inserts one row for each selected one, and none when the condition fails', async () => {
    const from = sql`json_each('["a", "b", "c"]')`
    const given = { ...row, usernameDigest: sql`value` }
    const inserted = await insertFrom(db, usernames, given, { from, where: sql`value <> 'b'` })
    expect(inserted.meta.changes).toBe(2)
    expect(await db.select({ digest: usernames.usernameDigest }).from(usernames)).toEqual([
      { digest: 'a' },
      { digest: 'c' },
    ])
    const refused = await insertFrom(
      db,
      usernames,
      { ...row, usernameDigest: 'd' },
      { where: sql`0` },
    )
    expect(refused.meta.changes).toBe(0)
  })

  it('is built once for all calls when it is compiled', async () => {
    const done = await batch(database, {
      allowed: insertOnce.with({ digest: 'a', mayInsert: 1 }),
      refused: insertOnce.with({ digest: 'b', mayInsert: 0 }),
    })
    expect(done).toMatchObject({
      allowed: { meta: { changes: 1 } },
      refused: { meta: { changes: 0 } },
    })
    expect(await db.select().from(usernames)).toEqual([row])
  })
})
