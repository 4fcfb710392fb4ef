import { applyD1Migrations, reset } from 'cloudflare:test'
import { beforeEach, vi } from 'vitest'
import { databases, env } from './env.ts'

/** Every test starts with empty stores at the newest migration, and a clock that reads NOW. */
beforeEach(async () => {
  await reset()
  for (const { database, migrations } of databases())
    await applyD1Migrations(database, env.MIGRATIONS[migrations])
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
