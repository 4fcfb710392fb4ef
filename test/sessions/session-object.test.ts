import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }

describe('The session object', () => {
  it('has every field of the reference, by default', async () => {
    const service = new Service()
    const site = await service.createSite()
    await service.createUser(site)
    const { body } = await service.logIn(right, { host: 'mysite.localhost' })
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{40}$/),
      language: null,
      max_dir_listing_size: 100_000,
      multiple_regions: true,
      read_only: false,
      ftp_permission: true,
      sftp_permission: true,
      dav_permission: true,
      restapi_permission: true,
      root_path: '',
      site_id: site.id,
      ssl_required: true,
      tls_disabled: false,
      two_factor_setup_needed: false,
      use_provided_modified_at: false,
      windows_mode_ftp: false,
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      timeout_at: new Date(service.clock() + 6 * HOUR).toISOString(),
    })
  })

  /** A change in storage → what the session shows from then on. */
  const changes: [table: 'users' | 'sites', set: string, seen: Record<string, unknown>][] = [
    ['sites', "language = 'de'", { language: 'de' }],
    ['users', "language = 'fr'", { language: 'fr' }],
    ['sites', 'max_dir_listing_size = 7', { max_dir_listing_size: 7 }],
    ['sites', 'plan_multiple_regions = 0', { multiple_regions: false }],
    ['sites', 'opt_out_global = 1', { multiple_regions: false }],
    ['users', 'read_only = 1', { read_only: true }],
    ['users', "root_path = 'home/jo'", { root_path: 'home/jo' }],
    ['sites', 'ssl_required = 0', { ssl_required: false }],
    ['users', "ssl_required = 'never_require'", { ssl_required: false }],
    ['sites', 'tls_disabled = 1', { tls_disabled: true }],
    ['sites', 'use_provided_modified_at = 1', { use_provided_modified_at: true }],
    ['sites', 'windows_mode_ftp = 1', { windows_mode_ftp: true }],
    ['sites', 'require_2fa = 1', { two_factor_setup_needed: true, allowed_2fa_method_sms: true }],
    ['users', "require_2fa = 'always_require'", { two_factor_setup_needed: true }],
  ]

  it.each(changes)('shows a change of %s at once: %s', async (table, set, seen) => {
    const service = new Service()
    await service.createUser(await service.createSite())
    const { body: before } = await service.logIn(right, { headers: SDK })
    for (const [field, value] of Object.entries(seen)) expect(before[field]).not.toEqual(value)
    await env.DB_US_EAST_1.prepare(`UPDATE ${table} SET ${set}`).run()
    const auth = { headers: { 'X-FilesAPI-Auth': before.id } }
    const { body: site } = await service.ask('GET', `${API}/site`, auth)
    expect(site.session).toMatchObject(seen)
    expect((await service.logIn(right)).body).toMatchObject(seen)
  })

  it('prefers the user’s own ssl rule to the site’s, both ways', async () => {
    const service = new Service()
    await service.createUser(await service.createSite({ sslRequired: false }))
    expect((await service.logIn(right)).body.ssl_required).toBe(false)
    await env.DB_US_EAST_1.prepare("UPDATE users SET ssl_required = 'always_require'").run()
    expect((await service.logIn(right)).body.ssl_required).toBe(true)
  })

  it('lists the allowed 2FA methods only while one must be set up, each by its own setting', async () => {
    const service = new Service()
    await service.createUser(await service.createSite({ require2fa: true }))
    for (const method of ['sms', 'totp', 'u2f', 'yubi']) {
      const field = `allowed_2fa_method_${method}`
      expect((await service.logIn(right)).body[field]).toBe(true)
      await env.DB_US_EAST_1.prepare(`UPDATE sites SET ${field} = 0`).run()
      expect((await service.logIn(right)).body[field]).toBe(false)
    }
    await env.DB_US_EAST_1.prepare("UPDATE users SET require_2fa = 'never_require'").run()
    const { body } = await service.logIn(right)
    expect(Object.keys(body).filter((name) => name.startsWith('allowed_2fa'))).toEqual([])
  })
})

describe('GET /site', () => {
  async function loggedIn() {
    const service = new Service()
    const site = await service.createSite()
    const user = await service.createUser(site)
    const { body } = await service.logIn(right, { headers: SDK })
    return { service, site, user, session: body }
  }

  it('shows the site, the session and its user to the session in use', async () => {
    const { service, site, user, session } = await loggedIn()
    const { status, body } = await service.ask('GET', `${API}/site`, {
      headers: { 'X-FilesAPI-Auth': session.id },
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: site.id, name: 'My Site', subdomain: 'mysite' })
    expect(body.user).toMatchObject({ id: user.id, username: 'sessionuser' })
    expect(body.session.token).toBeUndefined()
  })

  it('shows the string form of the id only to a client that sent it', async () => {
    const { service, session } = await loggedIn()
    const idShown = async (headers: Record<string, string>) =>
      (await service.ask('GET', `${API}/site`, { headers })).body.session.id
    expect(await idShown({ ...SDK, 'X-FilesAPI-Auth': session.id })).toBe(session.id)
    const asInteger = { Accept: 'application/json; id=int64', 'X-FilesAPI-Auth': session.id }
    expect(await idShown(asInteger)).toEqual(expect.any(Number))
    expect(await idShown({ ...SDK, 'X-FilesAPI-Auth': session.token })).toEqual(expect.any(Number))
  })

  it('shows no password, hash, digest or otp anywhere', async () => {
    const { service, session } = await loggedIn()
    const { body } = await service.ask('GET', `${API}/site`, {
      headers: { 'X-FilesAPI-Auth': session.id },
    })
    expect(JSON.stringify(body)).not.toMatch(/argon2|sessionuserpassword|digest|"otp"/)
  })

  it('costs one local read while the replica is fresh', async () => {
    const { service, session } = await loggedIn()
    await env.DB_US_EAST_1.prepare('INSERT INTO heartbeat VALUES (1, ?)')
      .bind(service.clock())
      .run()
    const { trips } = await service.ask('GET', `${API}/site`, {
      headers: { Authorization: `Bearer ${session.token}` },
    })
    expect(trips).toEqual(['d1-us-east-1-nearest'])
  })
})
