import { beforeEach, vi } from 'vitest'
import './plain-timers.ts'
import { emptyStores } from './stores.ts'

/** Every test starts with empty stores at the newest migration. */
beforeEach(async () => {
  vi.restoreAllMocks()
  await emptyStores()
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
