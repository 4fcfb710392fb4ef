import { createRequire } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { settingValues } from '../support/setting-values.ts'
import { type OwnSite, ownSite } from './support/own-site.ts'

const require = createRequire(import.meta.url)
const Files = require('files.com/lib/Files.js')
const ApiKey = require('files.com/lib/models/ApiKey.js')
const Session = require('files.com/lib/models/Session.js')
const Site = require('files.com/lib/models/Site.js')
const User = require('files.com/lib/models/User.js')
const errors = require('files.com/lib/Errors.js')
const { LogLevel } = require('files.com/lib/Logger.js')

const PASSWORD = 'a quiet lamp by the window'
const MANY = 2_500

let latchkey: Latchkey
let site: OwnSite

beforeAll(async () => {
  latchkey = await startLatchkey()
  Files.setLogLevel(LogLevel.NONE)
  Files.configureNetwork({ maxNetworkRetries: 0 })
})
beforeEach(async () => {
  site = await ownSite(latchkey)
  Files.setBaseUrl(site.origin)
  Files.setSessionId(null)
  Files.setApiKey(null)
  const { username, password } = site.admin
  Files.setSessionId((await Session.create({ username, password })).getId())
})
afterAll(() => latchkey.stop())

/** Written to the database directly, as for an imported site. */
async function addUsers(): Promise<void> {
  const database = await latchkey.database('DB_US_EAST_1')
  await database
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
      INSERT INTO users (id, site_id, username, username_key, created_at)
      SELECT 40000000000000 + i, (SELECT id FROM sites WHERE subdomain = '${site.subdomain}'),
        'many' || i, 'many' || i, 1 FROM n`,
    )
    .run()
}

describe('A site admin with the unmodified npm SDK', () => {
  it('creates, finds, changes, unlocks and deletes a user', async () => {
    const made = await User.create({ username: 'jane', password: PASSWORD, language: 'de' })
    expect(made.getUsername()).toBe('jane')
    const found = await User.find(made.getId())
    expect(found.getLanguage()).toBe('de')
    await found.update({ site_admin: true, allowed_ips: '127.0.0.1\n::1' })
    const changed = await User.find(made.getId())
    expect([changed.getSiteAdmin(), changed.getAllowedIps()]).toEqual([true, '127.0.0.1\n::1'])
    await changed.unlock()
    await changed.user2faReset()
    await changed.delete()
    await expect(User.find(made.getId())).rejects.toBeInstanceOf(errors.NotFound_UserNotFoundError)
  })

  it('gets errors as the SDK’s typed errors', async () => {
    const taken = User.create({ username: site.user.username, password: PASSWORD })
    await expect(taken).rejects.toBeInstanceOf(errors.ProcessingFailure_ModelSaveErrorError)
    await expect(taken).rejects.toThrow(/taken/)
    const unsupported = User.create({ username: 'x', password: PASSWORD, billing_permission: true })
    await expect(unsupported).rejects.toBeInstanceOf(errors.BadRequest_RequestParamsInvalidError)
    await expect(unsupported).rejects.toThrow(/billing_permission/)
  })

  it('saves a user unchanged', async () => {
    const [user] = await User.list({ search: site.user.username })
    user.setTimeZone('Europe/Berlin')
    await user.save()
    expect((await User.find(user.getId())).getTimeZone()).toBe('Europe/Berlin')
  })

  it(`lists ${MANY} users with the SDK’s own paging`, async () => {
    await addUsers()
    const users = await User.list({ per_page: 1_000 })
    const names = new Set(users.map((user: { getUsername(): string }) => user.getUsername()))
    expect([...names].filter((name) => String(name).startsWith('many')).length).toBe(MANY)
    expect((await User.list({ search: 'many2499' })).length).toBe(1)
  })

  it('reads and changes the site', async () => {
    const found = await Site.get()
    expect(found.getSessionExpiry()).toBe(6)
    await Site.update({ session_expiry: 2, login_help_text: 'Ask Jo.' })
    const changed = await Site.get()
    expect([changed.getSessionExpiry(), changed.getLoginHelpText()]).toEqual([2, 'Ask Jo.'])
    await expect(Site.update({ ldap_enabled: true })).rejects.toThrow(/ldap_enabled/)
    await expect(Site.update({ password_min_length: 3 })).rejects.toThrow(/password_min_length/)
  })

  it.each(Object.entries(settingValues))(
    'gets an error that names the invalid setting of the site: %s',
    async (name, [value, bad]) => {
      await expect(Site.update({ [name]: bad })).rejects.toThrow(name)
      // Otherwise this admin would have to set up 2FA first.
      if (name === 'require_2fa') return
      expect((await Site.update({ [name]: value }))[name]).toEqual(value)
    },
  )

  it.each([
    ['allowed_ips', 'nonsense'],
    ['authenticate_until', 'tomorrow'],
    ['authentication_method', 'magic'],
    ['email', 'nobody'],
    ['language', 'xx'],
    ['password_validity_days', 5_000],
    ['require_2fa', 'sometimes'],
    ['ssl_required', 'sometimes'],
    ['time_zone', 'Mars/Base'],
    ['sso_strategy_id', 1],
  ])('gets an error that names the invalid setting of a user: %s', async (name, bad) => {
    const [user] = await User.list({ search: site.user.username })
    const refused = user.update({ [name]: bad })
    await expect(refused).rejects.toSatisfy(
      ({ message, modelErrors }: { message: string; modelErrors?: object }) =>
        message.includes(name) || name in (modelErrors ?? {}) || /^Not saved/.test(message),
    )
  })

  it('manages their own keys, and authenticates with one', async () => {
    const key = await ApiKey.create({ name: 'backup' })
    const session = Files.getSessionId()
    Files.setSessionId(null)
    Files.setApiKey(key.getKey())
    expect((await User.list({ search: site.admin.username })).length).toBe(1)
    Files.setApiKey(null)
    Files.setSessionId(session)
    await key.delete()
  })
})
