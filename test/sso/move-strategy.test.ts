import { describe, expect, it } from 'vitest'
import { hiddenFields } from '../support/hidden-fields.ts'
import { API } from '../support/service.ts'
import {
  answerAddress,
  begin,
  codeFor,
  finish,
  giveDomain,
  type Order,
  readRequest,
  type Sso,
  withProvider,
} from '../support/single-sign-on.ts'
import { shownBy, TestBrowser } from '../support/test-browser.ts'

const DOMAIN = 'login.acme.example'

async function open() {
  const sso = await withProvider()
  await giveDomain(sso, DOMAIN)
  const path = `/sso_strategies/${sso.strategy.id}`
  return {
    sso,
    path,
    browser: new TestBrowser(sso.service),
    move: (redirect_host: string, more = {}) =>
      sso.asAdmin('PATCH', path, { redirect_host, ...more }),
    show: async () => (await sso.asAdmin('GET', path)).body,
    link: async (redirect_host = DOMAIN) =>
      (await sso.asAdmin('POST', `${path}/test_login`, { redirect_host })).body,
  }
}

/** Opens the link to a test login, and returns from the provider. */
async function test(sso: Sso, browser: TestBrowser, link: string, order: Order = {}) {
  const { status, headers } = await browser.open(link)
  expect(status).toBe(303)
  const begun = readRequest(headers.get('Location') ?? '')
  const code = codeFor(sso, begun, order)
  return { begun, code, answer: await browser.open(answerAddress(begun, code)) }
}

async function sessionsOf({ service }: Sso): Promise<unknown> {
  return service.env.DB_US_EAST_1.prepare('SELECT count(*) AS count FROM keyed_sessions').first(
    'count',
  )
}

const UNTESTED = { redirect_host: [expect.stringContaining('test login')] }

describe('Moving a strategy to another host of its site', () => {
  it('requires a test login at the new host, which starts no session', async () => {
    const { sso, browser, move, show, link } = await open()
    expect((await move(DOMAIN)).body.model_errors).toEqual(UNTESTED)
    const { test_uri, redirect_uri } = await link()
    expect(new URL(test_uri).host).toBe(DOMAIN)
    expect(redirect_uri).toBe(`http://${DOMAIN}/login_from_oauth/${sso.strategy.id}`)
    const before = await sessionsOf(sso)
    const { begun, code, answer } = await test(sso, browser, test_uri)
    expect(begun.redirectUri).toBe(redirect_uri)
    expect([answer.status, answer.body.includes('The test login worked')]).toEqual([200, true])
    expect(answer.headers.get('Referrer-Policy')).toBe('strict-origin')
    expect(answer.body).not.toContain(code)
    expect(browser.cookie(DOMAIN, '__Host-latchkey')).toBeUndefined()
    expect(await sessionsOf(sso)).toBe(before)
    expect(await show()).toMatchObject({
      redirect_host: 'mysite.localhost',
      tested_redirect_host: DOMAIN,
    })
    const { status, body } = await move(DOMAIN)
    expect([status, body.redirect_uri, body.redirect_status]).toEqual([
      ...[200, redirect_uri, 'confirmed'],
    ])
    const jane = { username: 'jane', email: 'jane@acme.example', emailIsVerified: true }
    await sso.service.createUser(sso.site, jane)
    const moved = await begin(sso)
    expect(moved.redirectUri).toBe(redirect_uri)
    expect((await finish(sso, moved, codeFor(sso, moved))).status).toBe(201)
    const { body: trail } = await sso.asAdmin('GET', '/history/changes')
    const [{ changes }] = trail.filter(({ event }: { event: string }) => event.endsWith('_changed'))
    expect(changes).toMatchObject({ redirect_host: ['mysite.localhost', DOMAIN] })
  })

  it.each(['evil.example', 'other.localhost', 'localhost', 'us-east-1.localhost'])(
    'refuses a host that is not one of the site’s: %s',
    async (host) => {
      const { sso, path, move } = await open()
      await sso.service.createSite({ subdomain: 'other' })
      for (const { status, body } of [
        await move(host),
        await sso.asAdmin('POST', `${path}/test_login`, { redirect_host: host }),
      ])
        expect([status, Object.keys(body.model_errors)]).toEqual([422, ['redirect_host']])
    },
  )

  it('requires a test within the last hour, with the same client and a verified domain', async () => {
    const { sso, browser, move, link } = await open()
    const passes = async () => test(sso, browser, (await link()).test_uri)
    await passes()
    expect((await move(DOMAIN, { client_secret: 'x' })).body.model_errors).toEqual(UNTESTED)
    await sso.asAdmin('PATCH', `/sso_strategies/${sso.strategy.id}`, {
      client_secret: 'a client secret: ü+/ ',
    })
    expect((await move(DOMAIN)).body.model_errors).toEqual(UNTESTED)
    await passes()
    sso.service.clock.advance(61 * 60_000)
    const { admin, service } = sso
    const again = await service.logIn(admin, { headers: { 'User-Agent': 'Files.com Ruby SDK v1' } })
    const path = `/sso_strategies/${sso.strategy.id}`
    const late = await sso.asAdmin('PATCH', path, { redirect_host: DOMAIN }, again.body.id)
    expect(late.body.model_errors).toEqual(UNTESTED)
  })

  it('does not count a refused test login, one in another browser, or a replayed one', async () => {
    const { sso, browser, show, link } = await open()
    const { test_uri } = await link()
    const refused = await test(sso, browser, test_uri, { claims: { nonce: 'other' } })
    expect(refused.answer.status).toBe(401)
    const { headers } = await browser.open(test_uri)
    const begun = readRequest(headers.get('Location') ?? '')
    const elsewhere = new TestBrowser(sso.service)
    const stolen = await elsewhere.open(answerAddress(begun, codeFor(sso, begun)))
    expect([stolen.status, stolen.body.includes('another browser')]).toEqual([401, true])
    const byProgram = await finish(sso, begun, codeFor(sso, begun))
    expect([byProgram.status, byProgram.body.data.reason]).toEqual([401, 'refused'])
    expect((await show()).tested_redirect_host).toBeNull()
    const answer = () => browser.open(answerAddress(begun, codeFor(sso, begun)))
    expect((await answer()).status).toBe(200)
    expect((await answer()).status).toBe(401)
  })

  it('accepts a test link only within an hour, made by an admin with recent authentication', async () => {
    const { sso, browser, path, link } = await open()
    const { test_uri } = await link()
    const forged = new URL(test_uri)
    forged.searchParams.set('test', `${forged.searchParams.get('test')}x`)
    expect((await browser.open(forged.href)).status).toBe(401)
    const plain = `http://${DOMAIN}/login/sso?strategy=${sso.strategy.id}`
    const ordinary = await browser.open(plain)
    expect(ordinary.headers.get('Location')).toContain('http://mysite.localhost/login/sso')
    sso.service.clock.advance(61 * 60_000)
    expect((await browser.open(test_uri)).status).toBe(401)
    const stale = await sso.asAdmin('POST', `${path}/test_login`, { redirect_host: DOMAIN })
    expect(stale.body.type).toBe('not-authorized/reauthentication-needed-action')
  })

  it('works after the site was renamed, which had stopped the strategy', async () => {
    const { sso, browser, move, show, link } = await open()
    await sso.asAdmin('PATCH', '/site', { subdomain: 'acme', confirm_sso_stop: true })
    expect((await show()).redirect_status).toBe('not_of_site')
    const { test_uri } = await link('acme.localhost')
    expect((await test(sso, browser, test_uri)).answer.status).toBe(200)
    expect((await move('acme.localhost')).body.redirect_status).toBe('confirmed')
    const begun = await begin({ ...sso, host: 'acme.localhost' })
    expect(begun.redirectUri).toBe(`http://acme.localhost/login_from_oauth/${sso.strategy.id}`)
  })

  it('is done on the admin page, which shows what to register and what no longer works', async () => {
    const { sso, browser } = await open()
    const { admin, service } = sso
    const page = 'http://mysite.localhost/admin/sso'
    const login = { username: admin.username, password: admin.password }
    await browser.send('http://mysite.localhost/login', login)
    const first = await browser.open(`${page}?locale=en`)
    expect(first.body).toContain(sso.strategy.redirect_uri)
    expect(first.body).toContain('no login has come back to it yet')
    const [, href = ''] =
      /href="(http:\/\/login\.acme\.example\/login\/sso[^"]*)"/.exec(first.body) ?? []
    await test(sso, browser, href.replaceAll('&amp;', '&'))
    const tested = await browser.open(`${page}?locale=en`)
    const fields = hiddenFields(tested.body, '/admin/sso/move')
    const shown = await shownBy(service, tested.body, '/admin/sso/move')
    expect(shown).toMatchObject({ redirect_host: DOMAIN })
    const forged = { ...shown, redirect_host: 'evil.example' }
    const untested = await browser.send(`${page}/move`, forged)
    expect([untested.status, untested.body.includes('not a host of the site')]).toEqual([422, true])
    expect((await browser.send(`${page}/move`, fields)).status).toBe(303)
    await service.env.DB_US_EAST_1.prepare('UPDATE sites SET domain_verified_at = NULL').run()
    const stopped = await browser.open(`${page}?locale=en`)
    expect(stopped.body).toContain('Nobody can log in with this provider')
  })
})

describe('PATCH /site', () => {
  const STOPS = expect.stringContaining('Acme')

  it.each([
    ['subdomain', 'mysite', { subdomain: 'acme' }],
    ['domain', DOMAIN, { domain: '' }],
    ['domain', DOMAIN, { domain: 'new.acme.example' }],
  ])(
    'warns about a %s at which single sign-on receives its logins, and requires confirmation',
    async (field, origin, change) => {
      const { sso } = await open()
      const database = sso.service.env.DB_US_EAST_1
      await database.prepare('UPDATE sso_strategies SET origin_name = ?').bind(origin).run()
      const { body: before } = await sso.asAdmin('GET', '/site')
      const warned = await sso.asAdmin('PATCH', '/site', { ...change, name: 'Other' })
      expect([warned.status, warned.body.model_errors]).toEqual([422, { [field]: [STOPS] }])
      const no = await sso.asAdmin('PATCH', '/site', { ...change, confirm_sso_stop: false })
      expect(no.status).toBe(422)
      expect((await sso.asAdmin('GET', '/site')).body).toEqual(before)
      const done = await sso.asAdmin('PATCH', '/site', { ...change, confirm_sso_stop: true })
      expect([done.status, done.body[field]]).toEqual([200, Object.values(change)[0] || null])
    },
  )

  it('requires no confirmation when no enabled strategy uses the old host', async () => {
    const { sso, path } = await open()
    expect((await sso.asAdmin('PATCH', '/site', { domain: '' })).status).toBe(200)
    await sso.asAdmin('PATCH', path, { enabled: false })
    expect((await sso.asAdmin('PATCH', '/site', { subdomain: 'acme' })).status).toBe(200)
  })

  it('keeps a host that the last admin needs to log in, even with confirmation', async () => {
    const { sso } = await open()
    const { service, admin, strategy } = sso
    await service.env.DB_US_EAST_1.prepare(
      "UPDATE users SET authentication_method = 'sso', sso_strategy_id = ? WHERE id = ?",
    )
      .bind(strategy.id, admin.id)
      .run()
    const change = { subdomain: 'acme', confirm_sso_stop: true }
    const refused = await sso.asAdmin('PATCH', '/site', change)
    expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([422, ['base']])
    await service.createUser(sso.site, { username: 'second', siteAdmin: true })
    expect((await sso.asAdmin('PATCH', '/site', change)).status).toBe(200)
    const { body } = await service.ask('GET', `${API}/settings/domain?domain=acme.localhost`)
    expect(body.sso_strategies).toEqual([])
  })
})
