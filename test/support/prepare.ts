import { applyD1Migrations, reset } from 'cloudflare:test'
import { beforeEach, vi } from 'vitest'
import { databases, env } from './env.ts'

/**
 * Every test starts with empty stores at the newest migration. `reset` passes over a store that has
 * been idle for some seconds, so each is asked something first.
 */
beforeEach(async () => {
  vi.restoreAllMocks()
  for (const { database } of databases()) await database.prepare('SELECT 1').run()
  await env.KV.get('awake')
  await reset()
  for (const { database, migrations } of databases())
    await applyD1Migrations(database, env.MIGRATIONS[migrations])
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
