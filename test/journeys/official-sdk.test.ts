import { createRequire } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'

const require = createRequire(import.meta.url)
/** The newest that npm has, and the last 1.0. */
const versions = ['files.com', 'files.com-1.0'].map((name) => ({
  version: require(`${name}/package.json`).version,
  Files: require(`${name}/lib/Files.js`),
  Session: require(`${name}/lib/models/Session.js`),
  ApiKey: require(`${name}/lib/models/ApiKey.js`),
  errors: require(`${name}/lib/Errors.js`),
  LogLevel: require(`${name}/lib/Logger.js`).LogLevel,
}))

const hosts = [
  { name: 'global host', host: 'origin' },
  { name: 'site’s own host', host: 'siteOrigin' },
] as const

let latchkey: Latchkey

beforeAll(async () => {
  latchkey = await startLatchkey()
  for (const { Files, LogLevel } of versions) {
    Files.setLogLevel(LogLevel.NONE)
    Files.configureNetwork({ maxNetworkRetries: 0 })
  }
})
afterAll(() => latchkey.stop())

const both = versions.flatMap((sdk) => hosts.map((at) => ({ ...sdk, ...at })))

describe.each(both)(
  'The unmodified npm SDK $version, at the $name',
  ({ host, Files, Session, ApiKey, errors }) => {
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
  },
)
