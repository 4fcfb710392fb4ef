import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'

interface Migration {
  name: string
  text: string
}

const folders = ['migrations/region', 'migrations/directory']

function migrationsIn(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

/**
 * Returns why D1's server would refuse a migration with a trigger, or null. It splits what `migrations apply --remote`
 * sends, and breaks triggers of other forms (cloudflare/workers-sdk #15314, #15690), which no local run shows.
 */
function whyRefused(text: string): string | null {
  if (!/\btrigger\b/i.test(text)) return null
  if (/^DROP TRIGGER \w+;\n$/.test(text)) return null
  if (!/^[^\n]*\n?$/.test(text) || /\r/.test(text)) return 'is not on one line of a file of its own'
  if (!/^CREATE TRIGGER \w+ .* BEGIN .*; END;\n?$/.test(text)) return 'has no BEGIN and END'
  if (/--|\/\*/.test(text)) return 'has a comment'
  return /\bcase\b/i.test(text) ? 'has a CASE' : null
}

function applied(migrations: Migration[]): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  for (const { text } of migrations) db.exec(text)
  return db
}

/** The triggers that a migration creates and that are missing at the end, although no later one drops them by name. */
function lostTriggers(migrations: Migration[]): string[] {
  const wanted = new Map<string, string>()
  for (const { text } of migrations) {
    for (const [, name = ''] of text.matchAll(/^DROP TRIGGER (\w+)/gm)) wanted.delete(name)
    for (const [statement, name = ''] of text.matchAll(/^CREATE TRIGGER (\w+) .*(?=;$)/gm))
      wanted.set(name, statement)
  }
  const rows = applied(migrations)
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    .all()
  const there = new Map(rows.map(({ name, sql }) => [name, sql]))
  return [...wanted].filter(([name, sql]) => there.get(name) !== sql).map(([name]) => name)
}

/** The tables that a migration creates WITHOUT ROWID and that have one at the end. */
function tablesWithRowid(migrations: Migration[]): string[] {
  const wanted = new Set<string>()
  for (const { text } of migrations)
    for (const [, name = ''] of text.matchAll(/^CREATE TABLE `(\w+)` \([^;]*?\) WITHOUT ROWID;/gm))
      wanted.add(name)
  const rows = applied(migrations)
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID'",
    )
    .all()
  return rows.map(({ name }) => String(name)).filter((name) => wanted.has(name))
}

/** Indexes that begin with a time and decide something, or belong to a table that a later release drops. */
const indexesByTime = ['sites_domain_checked', 'login_attempts_age', 'sessions_timeout']

/**
 * Returns the indexes that begin with a time. They serve only a sweep of old rows, and each costs a row with every
 * insert and delete. The cron sweeps by slices of the primary key instead (docs/storage.md).
 */
function sweepingIndexes(migrations: Migration[]): string[] {
  const rows = applied(migrations)
    .prepare(
      `SELECT one.name, first.name AS column FROM sqlite_master AS one, pragma_index_info(one.name) AS first
        WHERE one.type = 'index' AND first.seqno = 0 AND one.tbl_name NOT LIKE '%_with_rowid'`,
    )
    .all()
  return rows
    .filter(({ column }) => /_(at|until|day)$/.test(String(column)))
    .map(({ name }) => String(name))
    .filter((name) => !indexesByTime.includes(name))
}

describe.each(folders)('The migrations in %s', (folder) => {
  const migrations = migrationsIn(folder)

  it.each(migrations)('$name has triggers in the form that D1’s server accepts', ({ text }) => {
    expect(whyRefused(text)).toBeNull()
  })

  it('lose no trigger that an earlier one creates', () => {
    expect(lostTriggers(migrations)).toEqual([])
  })

  it('keep WITHOUT ROWID for a table that an earlier one creates with it', () => {
    expect(tablesWithRowid(migrations)).toEqual([])
  })

  it('have no index for sweeping', () => {
    expect(sweepingIndexes(migrations)).toEqual([])
  })
})

describe('The rule for indexes', () => {
  it.each([
    'CREATE INDEX forms ON sent_forms (expires_at);',
    'CREATE INDEX texts ON sent_texts (sent_at, site_id) WHERE verified_factor_id IS NULL;',
    'CREATE UNIQUE INDEX notices ON sent_notices (sent_at, id);',
  ])('notices %s', (text) => {
    const migrations = migrationsIn('migrations/region')
    const [, name] = /INDEX (\w+)/.exec(text) ?? []
    expect(sweepingIndexes([...migrations, { name: '9998_index.sql', text }])).toContain(name)
  })
})

describe('The rule for tables WITHOUT ROWID', () => {
  const migrations = migrationsIn('migrations/region')

  it.each(['login_failures', 'outbox', 'unverified_mails'])(
    'notices a table that drizzle-kit would recreate with a rowid: %s',
    (table) => {
      const anew = `PRAGMA foreign_keys=OFF;CREATE TABLE __new_${table} AS SELECT * FROM ${table};
      DROP TABLE ${table};ALTER TABLE __new_${table} RENAME TO ${table};`
      expect(tablesWithRowid([...migrations, { name: '9998_anew.sql', text: anew }])).toEqual([
        table,
      ])
    },
  )

  it('accepts a table that a later migration drops', () => {
    const drop = { name: '9998_drop.sql', text: 'DROP TABLE login_failures;' }
    expect(tablesWithRowid([...migrations, drop])).toEqual([])
  })
})

describe('The rule for triggers in migrations', () => {
  const good = migrationsIn('migrations/region').find(({ name }) => name.includes('users_revision'))
    ?.text as string

  it.each([
    ['a body of several lines', good.replace(' BEGIN ', ' BEGIN\n  ')],
    ['Windows line endings', good.replace('\n', '\r\n')],
    ['begin in lowercase', good.replace('BEGIN', 'begin')],
    ['end in lowercase', good.replace('END;', 'end;')],
    ['a CASE', good.replace('revision + 1', 'CASE WHEN 1 THEN revision + 1 END')],
    ['a comment before it', `-- Raises the revision.\n${good}`],
    ['another statement in its file', `${good}DELETE FROM heartbeat;\n`],
    ['a temporary trigger', good.replace('CREATE TRIGGER', 'CREATE TEMP TRIGGER')],
  ])('refuses %s', (_, text) => {
    expect(whyRefused(good)).toBeNull()
    expect(whyRefused(text)).not.toBeNull()
  })

  it.each(['users', 'sites'])(
    'notices a table that is recreated without its trigger: %s',
    (table) => {
      const migrations = migrationsIn('migrations/region')
      // As drizzle-kit does for changes that ALTER TABLE cannot make.
      const anew = `PRAGMA foreign_keys=OFF;CREATE TABLE __new_${table} AS SELECT * FROM ${table};
      DROP TABLE ${table};ALTER TABLE __new_${table} RENAME TO ${table};`
      const lost = [...migrations, { name: '9998_anew.sql', text: anew }]
      expect(lostTriggers(lost)).toEqual([`${table}_revision`])
      const again = migrations.find(({ name }) => name.includes(`${table}_revision`)) as Migration
      expect(lostTriggers([...lost, again])).toEqual([])
    },
  )

  it('accepts a trigger that a later migration drops by name, and its replacement', () => {
    const migrations = migrationsIn('migrations/region')
    const renewed = good.replace('OLD.site_id IS NOT NEW.site_id OR ', '')
    const drop = { name: '9998_drop.sql', text: 'DROP TRIGGER users_revision;\n' }
    expect(lostTriggers([...migrations, drop])).toEqual([])
    expect(
      lostTriggers([...migrations, drop, { name: '9999_renewed.sql', text: renewed }]),
    ).toEqual([])
  })
})
