import { applyD1Migrations, reset } from 'cloudflare:test'
import { databases, env } from './env.ts'

const migrated = new WeakSet<D1Database>()

/** Leaves no row and no key; the tables stay, since to make them anew takes most of the time of a test. */
export async function emptyStores(): Promise<void> {
  await Promise.all([...databases().map(empty), emptyKeyValueStore()])
}

/**
 * Stores and rate limiters as they are at first. `reset` passes over a store that has been idle for some
 * seconds, so each is asked something before.
 */
export async function newStores(): Promise<void> {
  for (const { database } of databases()) await database.prepare('SELECT 1').run()
  await env.KV.get('awake')
  await reset()
  for (const { database } of databases()) migrated.delete(database)
  await Promise.all(databases().map(migrate))
}

type Opened = ReturnType<typeof databases>[number]

async function migrate({ database, migrations }: Opened): Promise<void> {
  await applyD1Migrations(database, env.MIGRATIONS[migrations])
  migrated.add(database)
}

async function empty(opened: Opened): Promise<void> {
  const { database } = opened
  if (!migrated.has(database)) await migrate(opened)
  const { results } = await database
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table'
        AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations'`,
    )
    .all<{ name: string }>()
  await database.batch([
    database.prepare('PRAGMA defer_foreign_keys = on'),
    ...results.map(({ name }) => database.prepare(`DELETE FROM "${name}"`)),
  ])
}

async function emptyKeyValueStore(): Promise<void> {
  const { keys } = await env.KV.list()
  await Promise.all(keys.map(({ name }) => env.KV.delete(name)))
}
