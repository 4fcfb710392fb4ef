import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

async function open(subdomain = 'mysite', region = 'us-east-1', service = new Service()) {
  const site = await service.createSite({ subdomain }, region)
  const username = `boss-${subdomain}`
  const admin = await service.createUser(site, { username, siteAdmin: true })
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const headers = { ...SDK, 'X-FilesAPI-Auth': session.id as string }
  return {
    ...{ service, site, admin },
    rename: (to: string, more = {}) =>
      service.ask('PATCH', `${API}/site`, { headers, body: { subdomain: to, ...more } }),
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
  it('is another at once, and the one before leads nowhere', async () => {
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

  it('that another site had may be taken, whatever KV still says of it', async () => {
    const first = await open()
    const old = await first.service.env.KV.get('host:site:mysite')
    await first.rename('acme')
    if (old) await first.service.env.KV.put('host:site:mysite', old)
    const second = await open('other')
    expect((await second.rename('mysite')).status).toBe(422)
    await first.service.env.KV.delete('host:site:mysite')
    expect((await second.rename('mysite')).status).toBe(200)
    expect((await second.logInAt('mysite.localhost')).status).toBe(201)
    expect((await first.logInAt('mysite.localhost')).status).toBe(401)
  })

  it.each(['us-east-1', 'eu-central-1'])(
    'is one site’s, when two take it at the same time, the other in %s',
    async (region) => {
      const first = await open('one')
      const second = await open('two', region)
      const answers = await Promise.all([first.rename('acme'), second.rename('acme')])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
      const names = [await first.show(), await second.show()].map(({ subdomain }) => subdomain)
      expect(names.filter((name) => name === 'acme').length).toBe(1)
    },
  )

  it('is not another site’s, nor a reserved or a malformed one, and nothing is changed', async () => {
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

  it('stays likewise where a domain is the present address: its own keys work there still', async () => {
    const { service, site, admin, rename } = await open()
    const domain = 'UPDATE sites SET domain = ?, domain_verified_at = 1'
    await service.env.DB_US_EAST_1.prepare(domain).bind('files.example.com').run()
    await addKey({ id: 1, site, user: admin, rpId: 'mysite.localhost' })
    expect((await rename('acme')).status).toBe(422)
    expect((await rename('acme', { confirm_key_loss: true })).status).toBe(200)
  })

  it('is another where keys work elsewhere, or are not registered yet, or are another site’s', async () => {
    const { service, site, admin, rename } = await open()
    const other = await open('other', 'us-east-1', service)
    await addKey({ id: 1, site, user: admin, rpId: 'files.example.com' })
    await addKey({ id: 2, site, user: admin, rpId: 'mysite.localhost', isComplete: false })
    await addKey({ id: 3, site: other.site, user: other.admin, rpId: 'mysite.localhost' })
    expect((await rename('acme')).status).toBe(200)
  })
})
