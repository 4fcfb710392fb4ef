import { describe, expect, it } from 'vitest'
import { DAY } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'

async function open(subdomain = 'mysite', region = 'us-east-1', service = new Service()) {
  const site = await service.createSite({ subdomain }, region)
  const username = `boss-${subdomain}`
  const admin = await service.createUser(site, { username, siteAdmin: true })
  const freshHeaders = async () => {
    const { body: session } = await service.logIn(admin, { headers: SDK })
    return { ...SDK, 'X-FilesAPI-Auth': session.id as string }
  }
  const headers = await freshHeaders()
  return {
    service,
    site,
    admin,
    rename: (to: string, more = {}) =>
      service.ask('PATCH', `${API}/site`, { headers, body: { subdomain: to, ...more } }),
    /** Sends a request with a recent session. */
    renameAnew: async (to: string) =>
      service.ask('PATCH', `${API}/site`, {
        headers: await freshHeaders(),
        body: { subdomain: to },
      }),
    show: async () => (await service.ask('GET', `${API}/site`, { headers })).body,
    changes: async () => (await service.ask('GET', `${API}/history/changes`, { headers })).body,
    logInAt: (host: string) => service.logIn(admin, { host, headers: SDK }),
  }
}

/** A security key that was registered at a host, or is about to be. */
async function addKey(key: {
  id: number
  site: { id: number }
  user: { id: number }
  rpId: string
  isComplete?: boolean
}): Promise<void> {
  const { id, site, user, rpId, isComplete = true } = key
  await env.DB_US_EAST_1.prepare(
    `INSERT INTO second_factors
      (id, site_id, user_id, method, name, created_at, rp_id, completed_at)
      VALUES (?, ?, ?, 'webauthn', 'Key', 1, ?, ?)`,
  )
    .bind(id, site.id, user.id, rpId, isComplete ? 1 : null)
    .run()
}

const REFUSED = 'processing-failure/model-save-error'

describe('The subdomain of a site', () => {
  it('changes at once, and the old one leads nowhere', async () => {
    const { rename, show, changes, logInAt } = await open()
    expect((await logInAt('mysite.localhost')).status).toBe(201)
    const { status, body } = await rename('acme', { session_expiry: 2 })
    expect([status, body.subdomain, body.session_expiry]).toEqual([200, 'acme', 2])
    expect((await show()).subdomain).toBe('acme')
    expect((await logInAt('acme.localhost')).status).toBe(201)
    expect((await logInAt('mysite.localhost')).status).not.toBe(201)
    const { body: elsewhere } = await logInAt('localhost')
    expect(elsewhere.login_token_domain).toBe('http://acme.localhost')
    const [change] = await changes()
    expect(change).toMatchObject({
      event: 'site_changed',
      changes: { subdomain: ['mysite', 'acme'], session_expiry: [6, 2] },
    })
  })

  it.each(['us-east-1', 'eu-central-1'])(
    'goes to one site when two take it at the same time, the other in %s',
    async (region) => {
      const first = await open('one')
      const second = await open('two', region)
      const answers = await Promise.all([first.rename('acme'), second.rename('acme')])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
      const names = [await first.show(), await second.show()].map(({ subdomain }) => subdomain)
      expect(names.filter((name) => name === 'acme').length).toBe(1)
    },
  )

  it('cannot be another site’s, reserved or malformed, and a refusal changes nothing', async () => {
    const { rename, show } = await open()
    await open('other')
    for (const wrong of ['other', 'admin', 'us-east-1', 'a_b', '-x']) {
      const { status, body } = await rename(wrong, { session_expiry: 2 })
      expect([status, body.type], wrong).toEqual([422, REFUSED])
      expect(body.model_errors).toHaveProperty('subdomain')
    }
    expect(await show()).toMatchObject({ subdomain: 'mysite', session_expiry: 6 })
  })

  it('stays while security keys work at its host alone, unless their loss is confirmed', async () => {
    const { site, admin, rename, show } = await open()
    await addKey({ id: 1, site, user: admin, rpId: 'mysite.localhost' })
    for (const unconfirmed of [{}, { confirm_sso_stop: true }, { confirm_key_loss: false }]) {
      const { body } = await rename('acme', { logo: '', name: 'Acme', ...unconfirmed })
      expect(body.model_errors.subdomain[0]).toMatch(/security keys.*: 1\..*confirm_key_loss/)
      expect(await show()).toMatchObject({ subdomain: 'mysite', name: 'My Site' })
    }
    const confirmed = await rename('acme', { confirm_key_loss: true })
    expect([confirmed.status, confirmed.body.subdomain]).toEqual([200, 'acme'])
  })

  it('stays also when the site uses a domain, because the subdomain’s own keys still work there', async () => {
    const { service, site, admin, rename } = await open()
    const domain = 'UPDATE sites SET domain = ?, domain_verified_at = 1'
    await service.env.DB_US_EAST_1.prepare(domain).bind('files.example.com').run()
    await addKey({ id: 1, site, user: admin, rpId: 'mysite.localhost' })
    expect((await rename('acme')).status).toBe(422)
    expect((await rename('acme', { confirm_key_loss: true })).status).toBe(200)
  })

  it('can change when the keys work elsewhere, are not registered yet, or are another site’s', async () => {
    const { service, site, admin, rename } = await open()
    const other = await open('other', 'us-east-1', service)
    await addKey({ id: 1, site, user: admin, rpId: 'files.example.com' })
    await addKey({ id: 2, site, user: admin, rpId: 'mysite.localhost', isComplete: false })
    await addKey({ id: 3, site: other.site, user: other.admin, rpId: 'mysite.localhost' })
    expect((await rename('acme')).status).toBe(200)
  })
})

describe('A released subdomain', () => {
  const TAKEN =
    'Another site uses this subdomain, or gave it up in the last 90 days. Choose another.'

  it.each(['us-east-1', 'eu-central-1'])(
    'is reserved for 90 days in %s, whatever KV and the directory say',
    async (region) => {
      const first = await open()
      const second = await open('other', region, first.service)
      const { env, clock } = first.service
      await first.rename('acme')
      await env.KV.delete('host:site:mysite')
      const refused = await second.rename('mysite')
      expect([refused.status, refused.body.model_errors.subdomain]).toEqual([422, [TAKEN]])
      clock.advance(89 * DAY)
      await first.service.runCron()
      expect((await second.logInAt('other.localhost')).status).toBe(201)
      await env.DIRECTORY.prepare('DELETE FROM usernames').run()
      const operate = operatorOf(first.service)
      const made = await operate('POST', '/sites', { subdomain: 'mysite', region })
      expect([made.status, made.body.model_errors.subdomain]).toEqual([422, [TAKEN]])
      clock.advance(DAY + 1)
      expect((await operate('POST', '/sites', { subdomain: 'mysite', region })).status).toBe(201)
    },
  )

  it('can be taken by another site after 90 days, even when KV still names the old one', async () => {
    const first = await open()
    const second = await open('other', 'us-east-1', first.service)
    const { env, clock } = first.service
    const old = (await env.KV.get('host:site:mysite')) as string
    await first.rename('acme')
    clock.advance(90 * DAY + 1)
    await env.KV.put('host:site:mysite', old)
    expect((await second.renameAnew('mysite')).status).toBe(200)
    expect((await second.logInAt('mysite.localhost')).status).toBe(201)
    expect((await first.logInAt('mysite.localhost')).status).toBe(401)
  })

  it('can be taken back by its own site at once, however many it has had meanwhile', async () => {
    const first = await open()
    const second = await open('other', 'us-east-1', first.service)
    for (const name of ['acme', 'beta', 'mysite', 'acme'])
      expect((await first.rename(name)).status, name).toBe(200)
    expect((await first.logInAt('acme.localhost')).status).toBe(201)
    for (const name of ['mysite', 'beta', 'acme'])
      expect((await second.rename(name)).status, name).toBe(422)
  })

  it('is reserved from its last release on', async () => {
    const first = await open()
    const second = await open('other', 'us-east-1', first.service)
    await first.rename('acme')
    first.service.clock.advance(60 * DAY)
    expect((await first.renameAnew('mysite')).status).toBe(200)
    expect((await first.renameAnew('acme')).status).toBe(200)
    first.service.clock.advance(60 * DAY)
    expect((await second.renameAnew('mysite')).status).toBe(422)
    first.service.clock.advance(30 * DAY + 1)
    expect((await second.renameAnew('mysite')).status).toBe(200)
  })

  it('is never free in between: 20 renames at the same time as another site wants it', async () => {
    const first = await open()
    const second = await open('other', 'eu-central-1', first.service)
    const wants = Array.from({ length: 20 }, () => second.rename('mysite'))
    const [given, ...answers] = await Promise.all([first.rename('acme'), ...wants])
    expect([given.status, ...new Set(answers.map(({ status }) => status))]).toEqual([200, 422])
  })

  it('is not reserved when the change failed', async () => {
    const { service, rename, logInAt } = await open()
    await service.createSite({ subdomain: 'taken' })
    expect((await rename('taken')).status).toBe(422)
    expect((await logInAt('mysite.localhost')).status).toBe(201)
    const rows = await service.env.DB_US_EAST_1.prepare('SELECT * FROM released_hosts').all()
    expect(rows.results).toEqual([])
  })
})
