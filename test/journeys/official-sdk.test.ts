import { createRequire } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'

const require = createRequire(import.meta.url)
const Files = require('files.com/lib/Files.js')
const Session = require('files.com/lib/models/Session.js')
const ApiKey = require('files.com/lib/models/ApiKey.js')
const errors = require('files.com/lib/Errors.js')
const { LogLevel } = require('files.com/lib/Logger.js')

const hosts = [
  { name: 'global host', host: 'origin' },
  { name: 'site’s own host', host: 'siteOrigin' },
] as const

let latchkey: Latchkey

beforeAll(async () => {
  latchkey = await startLatchkey()
  Files.setLogLevel(LogLevel.NONE)
  Files.configureNetwork({ maxNetworkRetries: 0 })
})
afterAll(() => latchkey.stop())

describe.each(hosts)('The unmodified npm SDK, at the $name', ({ host }) => {
  beforeEach(() => {
    Files.setBaseUrl(latchkey[host])
    Files.setSessionId(null)
    Files.setApiKey(null)
  })

  it('logs in, lists its API keys, logs out, and is refused from then on', async () => {
    const session = await Session.create({
      username: 'sessionuser',
      password: 'sessionuserpassword',
    })
    expect(session.getId()).toMatch(/^[0-9a-f]{40}$/)
    expect(session.getReadOnly()).toBe(false)

    Files.setSessionId(session.getId())
    expect(await ApiKey.list({ user_id: 0 })).toEqual([])
    await Session.delete()

    const refusal = errors.NotAuthenticated_InvalidCredentialsError
    await expect(ApiKey.list({ user_id: 0 })).rejects.toBeInstanceOf(refusal)
    await expect(Session.delete()).rejects.toBeInstanceOf(refusal)
  })

  it('raises its typed error for a wrong password', async () => {
    const attempt = Session.create({ username: 'sessionuser', password: 'wrong' })
    await expect(attempt).rejects.toBeInstanceOf(
      errors.NotAuthenticated_InvalidUsernameOrPasswordError,
    )
    await expect(attempt).rejects.toThrow('Invalid username or password')
  })

  it('raises its typed error for an unknown session', async () => {
    Files.setSessionId('01'.repeat(20))
    await expect(ApiKey.list({ user_id: 0 })).rejects.toBeInstanceOf(
      errors.NotAuthenticated_InvalidCredentialsError,
    )
  })
})
