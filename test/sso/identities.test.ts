import { describe, expect, it } from 'vitest'
import { CLIENT } from '../support/code-order.ts'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { SDK } from '../support/service.ts'
import { begin, codeFor, finish, logInBySso, withProvider } from '../support/single-sign-on.ts'
import { TestBrowser } from '../support/test-browser.ts'

const NEEDS = 'not-authorized/reauthentication-needed-action'

/** A user with a password, linked by their verified email address. */
async function withLink(set = "authentication_method = 'password'") {
  const sso = await withProvider()
  const address = { email: 'jane@acme.example', emailIsVerified: true }
  const jane = await sso.service.createUser(sso.site, { username: 'jane', ...address })
  await sso.service.changeUser(jane.id, set)
  const { body: session } = await logInBySso(sso)
  const { body: identities } = await sso.asAdmin('GET', '/sso_identities', undefined, session.id)
  const path = `/sso_identities/${identities[0].id}`
  const asJane = (method: string, at = path) => sso.asAdmin(method, at, undefined, session.id)
  return { sso, jane, session, identity: identities[0], path, asJane }
}

async function events(): Promise<unknown[]> {
  const { results } = await env.DB_US_EAST_1.prepare(
    "SELECT event, actor, changes FROM credential_events WHERE event LIKE 'sso_id%' ORDER BY event",
  ).all()
  return results.map(({ event, actor, changes }) => [event, actor, JSON.parse(String(changes))])
}

describe('A linked SSO account', () => {
  it('is recorded and notified once, when it is linked', async () => {
    const { sso, identity } = await withLink()
    await logInBySso(sso)
    const { issuer, subject } = identity
    expect(await events()).toEqual([
      [
        'sso_identity_linked',
        `strategy:${sso.strategy.id}`,
        { issuer: [null, issuer], subject: [null, subject] },
      ],
    ])
    await sso.service.runCron()
    const told = sso.service.mails.map(({ to, subject }) => [to, subject])
    expect(told).toEqual([['jane@acme.example', 'Your account was linked']])
  })

  it('is neither recorded nor notified when the login fails', async () => {
    const sso = await withProvider()
    const address = { email: 'jane@acme.example', emailIsVerified: true }
    await sso.service.createUser(sso.site, { username: 'jane', ...address })
    const begun = await begin(sso)
    await sso.service.env.DB_US_EAST_1.prepare("UPDATE sites SET allowed_ips = '10.0.0.1'").run()
    expect((await finish(sso, begun, codeFor(sso, begun))).status).toBe(401)
    await sso.service.runCron()
    expect([await events(), sso.service.mails]).toEqual([[], []])
  })

  it('is visible to its user and to site admins only', async () => {
    const { sso, jane, identity, asJane } = await withLink()
    expect(identity).toMatchObject({
      user_id: jane.id,
      sso_strategy_id: sso.strategy.id,
      label: 'Acme',
      issuer: sso.issuer,
      subject: 'jane-at-op',
      email: 'jane@acme.example',
      groups: [],
    })
    const ofJane = `/sso_identities?user_id=${jane.id}`
    expect((await sso.asAdmin('GET', ofJane)).body).toEqual([identity])
    expect((await sso.asAdmin('GET', '/sso_identities')).body).toEqual([])
    const refused = await asJane('GET', `/sso_identities?user_id=${sso.admin.id}`)
    expect(refused.body.type).toBe('not-authorized/user-id-without-site-admin')
    const other = await sso.service.createSite({ subdomain: 'other' })
    const boss = await sso.service.createUser(other, { username: 'other', siteAdmin: true })
    const { body: session } = await sso.service.logIn(boss, { headers: SDK })
    const by = (method: string, path: string) => sso.asAdmin(method, path, undefined, session.id)
    expect((await by('GET', ofJane)).status).toBe(404)
    expect((await by('DELETE', `/sso_identities/${identity.id}`)).status).toBe(404)
  })

  it('can be removed by its user, which revokes the sessions that it started', async () => {
    const { sso, jane, session, asJane, identity, path } = await withLink()
    const { body: byPassword } = await sso.service.logIn(
      { username: 'jane', password: jane.password },
      { headers: SDK },
    )
    expect((await asJane('DELETE')).status).toBe(204)
    const lives = async (id: string) =>
      (await sso.asAdmin('GET', '/site', undefined, id)).status === 200
    expect([await lives(session.id), await lives(byPassword.id)]).toEqual([false, true])
    expect((await sso.asAdmin('DELETE', path, undefined, byPassword.id)).status).toBe(404)
    const { issuer, subject } = identity
    expect((await events())[1]).toEqual([
      'sso_identity_removed',
      `user:${jane.id}`,
      { issuer: [issuer, null], subject: [subject, null] },
    ])
    await sso.service.runCron()
    expect(sso.service.mails.map((mail) => mail.subject)).toContain('A linked login was removed')
  })

  it('can be removed only with recent authentication', async () => {
    const { sso, jane, path } = await withLink()
    const { body } = await sso.service.logIn(
      { username: 'jane', password: jane.password },
      { headers: SDK },
    )
    sso.service.clock.advance(11 * 60_000)
    const refused = await sso.asAdmin('DELETE', path, undefined, body.id)
    expect([refused.status, refused.body.type]).toEqual([403, NEEDS])
  })

  it('cannot be removed by its user when it is their only way to log in, but by an admin', async () => {
    const { sso, path, asJane } = await withLink("authentication_method = 'sso'")
    const refused = await asJane('DELETE')
    expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([422, ['base']])
    expect((await asJane('GET', '/sso_identities')).body).toHaveLength(1)
    expect((await sso.asAdmin('DELETE', path)).status).toBe(204)
    expect((await asJane('GET', '/sso_identities')).status).toBe(401)
  })

  it('can be removed when another account of an enabled strategy is left, and only then', async () => {
    const { sso, jane, asJane } = await withLink("authentication_method = 'sso'")
    const { body: two } = await sso.asAdmin('POST', '/sso_strategies', {
      provider: 'openid_connect',
      label: 'Two',
      issuer: `${sso.issuer}2`,
      client_id: CLIENT.id,
      client_secret: 'x',
    })
    await env.DB_US_EAST_1.prepare(
      `INSERT INTO sso_identities (site_id, strategy_id, user_id, issuer, subject, created_at,
        last_used_at) VALUES (?, ?, ?, 'x', 'y', 0, 0)`,
    )
      .bind(sso.site.id, two.id, jane.id)
      .run()
    const turn = (enabled: boolean) =>
      sso.asAdmin('PATCH', `/sso_strategies/${two.id}`, { enabled })
    await turn(false)
    expect((await asJane('DELETE')).status).toBe(422)
    await turn(true)
    expect((await asJane('DELETE')).status).toBe(204)
  })

  it('can be removed by a button on the account page', async () => {
    const { sso, jane } = await withLink()
    const browser = new TestBrowser(sso.service)
    const site = 'http://mysite.localhost'
    const page = await browser.open(`${site}/login`)
    const fields = { ...hiddenFields(page.body, '/login'), username: 'jane' }
    const entered = await browser.send(`${site}/login`, { ...fields, password: jane.password })
    expect(entered.status).toBe(303)
    const { body } = await browser.open(`${site}/account`)
    const button = hiddenFields(body, '/account/identities/remove')
    const done = await browser.send(`${site}/account/identities/remove`, button)
    expect([done.status, done.headers.get('Location')]).toEqual([303, '/account?locale=en'])
    expect((await browser.open(`${site}/account`)).body).not.toContain('/account/identities/remove')
    expect((await sso.asAdmin('GET', `/sso_identities?user_id=${jane.id}`)).body).toEqual([])
  })
})
