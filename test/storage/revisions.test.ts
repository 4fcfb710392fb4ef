import { beforeEach, describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { Service } from '../support/service.ts'

/**
 * Columns whose changes raise no revision, with the reason why no earlier decision depends on them. Every other column
 * of these tables is in the trigger.
 */
const exceptions: Record<'users' | 'sites', Record<string, string>> = {
  users: {
    id: 'never changes',
    created_at: 'never changes',
    last_login_at: 'changes at every login; a refusal for inactivity asks the primary',
    last_logins: 'changes at every login, and only the user object shows it',
    profile: 'decides nothing: it is kept and given back',
    wrong_codes: 'is counted and cleared by the statements that decide on it',
    username_skeleton: 'only decides whether a new name of the site is free, in that insertion',
    revision: 'is what the trigger writes',
  },
  sites: {
    id: 'never changes',
    created_at: 'never changes',
    allowed_origins: 'decides only which pages a browser shows replies to',
    domain_proof: 'changes with domain_verified_at, and only the daily check reads it',
    domain_checked_at: 'is written by the daily check, which compares the row itself',
    domain_missing_since: 'is written by the daily check, which compares the row itself',
    revision: 'is what the trigger writes',
  },
}

const db = env.DB_US_EAST_1
const tables = ['users', 'sites'] as const

interface Column {
  name: string
  type: string
}

async function columnsOf(table: string): Promise<Column[]> {
  const { results } = await db.prepare(`SELECT name, type FROM pragma_table_info('${table}')`).all()
  return results as unknown as Column[]
}

let userId = 0
let siteId = 0

beforeEach(async () => {
  const service = new Service()
  const site = await service.createSite({ subdomain: 'mysite' })
  siteId = site.id
  await service.createSite({ subdomain: 'another' })
  userId = (await service.createUser(site, { username: 'jo' })).id
})

const idOf = (table: string) => (table === 'users' ? userId : siteId)

async function revisionOf(table: string): Promise<number> {
  const row = await db
    .prepare(`SELECT revision FROM ${table} WHERE id = ?`)
    .bind(idOf(table))
    .first<{ revision: number }>()
  return row?.revision ?? 0
}

/** Sets a column to an expression; returns by how much that raised the revision. */
async function raisedBy(table: string, column: string, value: string): Promise<number> {
  const before = await revisionOf(table)
  await db.prepare(`UPDATE ${table} SET ${column} = ${value} WHERE id = ?`).bind(idOf(table)).run()
  return (await revisionOf(table)) - before
}

/** A different value, whatever the column contains. */
function another({ name, type }: Column): string {
  if (name === 'site_id') return `(SELECT id FROM sites WHERE id <> ${siteId})`
  return /text/i.test(type) ? `coalesce(${name}, '') || '9'` : `coalesce(${name}, 0) + 1`
}

describe.each(tables)('The revision of %s', (table) => {
  it('rises by one whenever a column changes, except the listed columns', async () => {
    const columns = await columnsOf(table)
    for (const column of columns.filter(({ name }) => !['id', 'revision'].includes(name))) {
      const expected = column.name in exceptions[table] ? 0 : 1
      expect(await raisedBy(table, column.name, another(column)), column.name).toBe(expected)
    }
    expect(columns.map(({ name }) => name)).toEqual(
      expect.arrayContaining(Object.keys(exceptions[table])),
    )
  })

  it('rises from NULL and to NULL', async () => {
    expect(await raisedBy(table, 'language', "'de'")).toBe(1)
    expect(await raisedBy(table, 'language', 'NULL')).toBe(1)
  })

  it('stays the same when a statement writes the present values', async () => {
    for (const { name } of await columnsOf(table))
      expect(await raisedBy(table, name, name), name).toBe(0)
  })

  it('rises once for a statement that changes several columns, and for its own rows only', async () => {
    const sum = () => db.prepare(`SELECT sum(revision) AS sum FROM ${table}`).first('sum')
    const before = Number(await sum())
    await db
      .prepare(`UPDATE ${table} SET language = 'fr', allowed_ips = '127.0.0.1' WHERE id = ?`)
      .bind(idOf(table))
      .run()
    expect(await sum()).toBe(before + 1)
  })

  it('costs one extra row, which D1 counts as a change', async () => {
    const costOf = async (column: string) => {
      const changed = db.prepare(`UPDATE ${table} SET ${column} = 'es' WHERE id = ?`)
      const { meta } = await changed.bind(idOf(table)).run()
      return [meta.changes, meta.rows_written]
    }
    expect(await costOf('language')).toEqual([2, 2])
    expect(await costOf('created_at')).toEqual([1, 1])
  })

  it('is not yet raised in what the statement returns', async () => {
    const before = await revisionOf(table)
    const returned = await db
      .prepare(`UPDATE ${table} SET language = 'es' WHERE id = ? RETURNING revision`)
      .bind(idOf(table))
      .first('revision')
    expect(returned).toBe(before)
    expect(await revisionOf(table)).toBe(before + 1)
  })

  it('does not fire its own trigger', async () => {
    expect(await db.prepare('PRAGMA recursive_triggers').first('recursive_triggers')).toBe(0)
  })
})
