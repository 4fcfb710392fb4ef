import { URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { CLIENT } from '../support/code-order.ts'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { interposed } from '../support/interposed-database.ts'
import { API, Service } from '../support/service.ts'
import {
  answerAddress,
  begin,
  codeFor,
  finish,
  giveDomain,
  readRequest,
  type Sso,
  watchNetwork,
  withProvider,
} from '../support/single-sign-on.ts'
import { TestBrowser } from '../support/test-browser.ts'

const SITE = 'http://mysite.localhost'
const DOMAIN = 'login.acme.example'
const EVIL_DOMAIN = 'evil.example'

async function open() {
  const sso = await withProvider()
  const jane = { username: 'jane', email: 'jane@acme.example', emailIsVerified: true }
  await sso.service.createUser(sso.site, jane)
  return { sso, browser: new TestBrowser(sso.service) }
}

/** Presses the button on a page of the site, and follows redirects to the provider. */
async function press(sso: Sso, browser: TestBrowser, host = 'mysite.localhost', strategy?: number) {
  let address = `http://${host}/login/sso?strategy=${strategy ?? sso.strategy.id}&return_to=/account/2fa`
  const hosts: string[] = []
  while (!address.startsWith(sso.issuer)) {
    hosts.push(new URL(address).hostname)
    const { status, headers } = await browser.open(address)
    expect(status).toBe(303)
    address = headers.get('Location') ?? ''
  }
  return { ...readRequest(address), hosts }
}

/** A second strategy of the site, with another client of the same provider. */
async function another({ asAdmin, issuer }: Sso) {
  const { body } = await asAdmin('POST', '/sso_strategies', {
    provider: 'openid_connect',
    label: 'Other',
    issuer,
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
  })
  return body as { id: number; redirect_uri: string }
}

describe('A code for one tenant in a link with the state of another', () => {
  /** The user’s browser follows every redirect from the provider; then the attacker uses the code. */
  async function attack(hostOfAttacker: string) {
    const { sso: victim } = await open()
    const attacker = await withProvider({ service: victim.service, subdomain: 'evil' })
    await giveDomain(attacker, EVIL_DOMAIN)
    const own = await begin({ ...attacker, host: hostOfAttacker })
    const theirs = await begin({ ...victim, host: 'localhost' }, { host: 'mysite.localhost' })
    const code = codeFor(victim, theirs)
    const network = watchNetwork()
    const browser = new TestBrowser(victim.service)
    const visited: string[] = []
    let next = answerAddress({ ...theirs, state: own.state }, code)
    let status = 0
    while (next !== '' && visited.length < 5) {
      visited.push(next)
      const answer = await browser.open(next)
      status = answer.status
      next = answer.headers.get('Location') ?? ''
    }
    const reached = visited.filter((url) => url.includes(code)).map((url) => new URL(url).hostname)
    const isForeign = (host: string) => host === EVIL_DOMAIN || host.endsWith('evil.localhost')
    const isOut = reached.some(isForeign) || network.some((line) => line.includes(code))
    const stolen = isOut ? await finish(victim, theirs, code) : null
    return { reached, status, isOut, stolen: stolen?.status ?? null }
  }

  const harmless = { reached: ['mysite.localhost'], status: 401, isOut: false, stolen: null }

  it('reaches no verified domain of the other tenant: it is never forwarded', async () => {
    expect(await attack(EVIL_DOMAIN)).toEqual(harmless)
  })

  it('reaches no token endpoint of the other tenant, whose strategy has the same provider', async () => {
    expect(await attack('evil.localhost')).toEqual(harmless)
  })
})

describe('A login by single sign-on finishes only at its own redirect URI', () => {
  it.each<[string, (at: { sso: Sso; other: number }) => string]>([
    ['the one of another strategy of the site', ({ other }) => `${SITE}/login_from_oauth/${other}`],
    [
      'the one at the site’s verified domain when the origin is the subdomain',
      ({ sso }) => `http://${DOMAIN}/login_from_oauth/${sso.strategy.id}`,
    ],
    ['one at the global host', ({ sso }) => `http://localhost/login_from_oauth/${sso.strategy.id}`],
    [
      'one at a regional host',
      ({ sso }) => `http://us-east-1.localhost/login_from_oauth/${sso.strategy.id}`,
    ],
    [
      'one at another site’s host',
      ({ sso }) => `http://evil.localhost/login_from_oauth/${sso.strategy.id}`,
    ],
    ['the one that all sites once shared', () => 'http://localhost/login_from_oauth?provider=okta'],
    [
      'the once shared path at the site’s own host',
      () => `${SITE}/login_from_oauth?provider=openid_connect`,
    ],
  ])('and not at %s, which reads nothing of the answer', async (_, address) => {
    const { sso, browser } = await open()
    await withProvider({ service: sso.service, subdomain: 'evil' })
    const other = await another(sso)
    await giveDomain(sso, DOMAIN)
    const network = watchNetwork()
    for (const begun of [await press(sso, browser), await begin(sso, { label: 'Acme' })]) {
      expect(begun.redirectUri).toBe(`${SITE}/login_from_oauth/${sso.strategy.id}`)
      const code = codeFor(sso, begun)
      const elsewhere = address({ sso, other: other.id })
      for (let time = 0; time < 6; time++) {
        const wrong = await browser.open(answerAddress(begun, code, elsewhere))
        expect([401, 404]).toContain(wrong.status)
        expect(wrong.headers.get('Location')).toBeNull()
        expect(wrong.body).not.toContain(code)
      }
      expect(network.filter((line) => line.includes(code))).toEqual([])
      // That used up no attempt.
      const right = await browser.open(answerAddress(begun, code))
      expect([200, 303]).toContain(right.status)
    }
  })

  it('in the browser only when a page started it, and by the API only when the same site’s API did', async () => {
    const { sso, browser } = await open()
    await withProvider({ service: sso.service, subdomain: 'evil' })
    const onPage = await press(sso, browser)
    const network = watchNetwork()
    const byProgram = await finish(sso, onPage, codeFor(sso, onPage))
    expect([byProgram.status, byProgram.body.data.reason]).toEqual([401, 'other-browser'])
    const begun = await begin(sso)
    const code = codeFor(sso, begun)
    const elsewhere = await finish(sso, begun, code, {}, { host: 'evil.localhost' })
    expect([elsewhere.status, elsewhere.body.data.reason]).toEqual([401, 'refused'])
    expect(network).toEqual([])
    expect((await finish(sso, begun, code)).status).toBe(201)
  })

  it.each(['localhost', 'us-east-1.localhost'])(
    'at the site’s origin when a program starts it on %s and names the host',
    async (shared) => {
      const { sso, browser } = await open()
      const on = { ...sso, host: shared }
      const nameless = await sso.service.ask('POST', `${API}/sessions/oauth`, {
        body: { provider: 'openid_connect' },
        host: shared,
      })
      expect(nameless.body.type).toBe('bad-request/request-params-required')
      const begun = await begin(on, { host: 'mysite.localhost' })
      expect(begun.redirectUri).toBe(`${SITE}/login_from_oauth/${sso.strategy.id}`)
      const asked = await browser.open(answerAddress(begun, codeFor(sso, begun)))
      expect([asked.status, asked.body.includes('jane@acme.example')]).toEqual([200, true])
      const again = await begin(on, { host: 'mysite.localhost' })
      expect((await finish(on, again, codeFor(sso, again))).status).toBe(201)
    },
  )

  it('with the redirect URI that the provider was given, even after the strategy moved', async () => {
    const { sso, browser } = await open()
    await giveDomain(sso, DOMAIN)
    const [onPage, byProgram] = [await press(sso, browser), await begin(sso)]
    await env.DB_US_EAST_1.prepare('UPDATE sso_strategies SET origin_name = ?').bind(DOMAIN).run()
    const late = await browser.open(answerAddress(onPage, codeFor(sso, onPage)))
    expect([late.status, late.headers.get('Location')]).toEqual([401, null])
    const { status, body } = await finish(sso, byProgram, codeFor(sso, byProgram))
    expect([status, body.data.reason]).toEqual([401, 'refused'])
  })
})

describe('The button of an identity provider', () => {
  it('leads first to the host that receives the answer, which sets the browser’s cookie', async () => {
    const { sso, browser } = await open()
    await giveDomain(sso, DOMAIN)
    const begun = await press(sso, browser, DOMAIN)
    expect(begun.hosts).toEqual([DOMAIN, 'mysite.localhost'])
    const done = await browser.open(answerAddress(begun, codeFor(sso, begun)))
    expect([done.status, done.headers.get('Location')]).toEqual([303, '/account/2fa'])
    expect(browser.cookie('mysite.localhost', '__Host-latchkey')).toBeDefined()
    expect(browser.cookie(DOMAIN, '__Host-latchkey')).toBeUndefined()
  })

  it('does the same when it reauthenticates', async () => {
    const { sso, browser } = await open()
    await giveDomain(sso, DOMAIN)
    const login = `http://${DOMAIN}/login/sso?strategy=${sso.strategy.id}&again=true`
    const { headers } = await browser.open(`${login}&return_to=/account/2fa&locale=de`)
    const there = new URL(headers.get('Location') ?? '')
    expect([there.origin, there.pathname]).toEqual([SITE, '/login/sso'])
    expect(Object.fromEntries(there.searchParams)).toEqual({
      strategy: String(sso.strategy.id),
      again: 'true',
      return_to: '/account/2fa',
      locale: 'de',
    })
    const asked = await browser.open(there.href)
    expect(asked.headers.get('Location')).toContain('max_age=0')
  })
})

describe('A strategy whose origin is no longer a host of its site', () => {
  const rename = ({ asAdmin }: Sso) =>
    asAdmin('PATCH', '/site', { subdomain: 'renamed', confirm_sso_stop: true })

  it.each<[string, string, (sso: Sso) => Promise<unknown>, string]>([
    ['its site was renamed', 'mysite', rename, 'renamed.localhost'],
    [
      'its site was renamed and another site took the name',
      'mysite',
      async (sso) => {
        await rename(sso)
        await withProvider({ service: sso.service, subdomain: 'thief' })
        await env.KV.delete('host:site:mysite')
        await env.DB_US_EAST_1.prepare(
          "UPDATE sites SET subdomain = 'mysite' WHERE subdomain = 'thief'",
        ).run()
      },
      'renamed.localhost',
    ],
    [
      'its site has given the domain up',
      DOMAIN,
      (sso) => sso.asAdmin('PATCH', '/site', { domain: '', confirm_sso_stop: true }),
      'mysite.localhost',
    ],
    [
      'the domain is no longer verified',
      DOMAIN,
      () => env.DB_US_EAST_1.prepare('UPDATE sites SET domain_verified_at = NULL').run(),
      'mysite.localhost',
    ],
  ])('starts and finishes nothing since %s', async (_, originName, change, host) => {
    const { sso, browser } = await open()
    await giveDomain(sso, DOMAIN)
    await env.DB_US_EAST_1.prepare('UPDATE sso_strategies SET origin_name = ?')
      .bind(originName)
      .run()
    const [onPage, byProgram] = [await press(sso, browser), await begin(sso)]
    await change(sso)
    const network = watchNetwork()
    const late = await browser.open(answerAddress(onPage, codeFor(sso, onPage)))
    expect([late.status, late.headers.get('Location')]).toEqual([401, null])
    for (const at of [host, 'localhost', 'us-east-1.localhost']) {
      const { status, body } = await finish(
        { ...sso, host: at },
        byProgram,
        codeFor(sso, byProgram),
      )
      expect([status, body.data.reason]).toEqual([401, 'refused'])
    }
    const fresh = await sso.service.ask('POST', `${API}/sessions/oauth`, {
      body: { provider: 'openid_connect', host },
    })
    expect(fresh.body.type).toBe('bad-request/invalid-oauth-provider')
    const button = `http://${host}/login/sso?strategy=${sso.strategy.id}`
    expect((await browser.open(button)).status).toBe(401)
    expect((await browser.open(`http://${host}/login`)).body).not.toContain('/login/sso')
    const { body: shown } = await sso.service.ask('GET', `${API}/settings/domain?domain=${host}`)
    expect(shown.sso_strategies).toEqual([])
    expect(network).toEqual([])
    const { body: strategy } = await sso.asAdmin('GET', `/sso_strategies/${sso.strategy.id}`)
    expect(strategy.redirect_status).toBe('not_of_site')
    const { body: tested } = await sso.asAdmin('POST', `/sso_strategies/${sso.strategy.id}/test`)
    expect(tested.outcome).toBe('redirect-not-of-site')
  })

  it('starts no session when the site is renamed just before the deciding batch', async () => {
    const { sso } = await open()
    const begun = await begin(sso)
    const code = codeFor(sso, begun)
    const renamed = "UPDATE sites SET subdomain = 'renamed'"
    const database = interposed(env.DB_US_EAST_1, 'sso_identities', (inner) =>
      inner.prepare(renamed).run(),
    )
    const service = new Service({ DB_US_EAST_1: database }, sso.service.clock)
    const late = await finish({ ...sso, service, host: 'localhost' }, begun, code)
    expect([late.status, late.body.data.reason]).toEqual([401, 'used'])
    const { results } = await env.DB_US_EAST_1.prepare('SELECT user_id FROM keyed_sessions').all()
    expect(results).toEqual([{ user_id: sso.admin.id }])
  })

  it('finishes no pending second step or confirmation page', async () => {
    const { sso, browser } = await open()
    const { service, host } = sso
    const first = await begin(sso)
    const { body: session } = await finish(sso, first, codeFor(sso, first))
    const made = await sso.asAdmin('POST', '/2fa', { method_type: 'totp', name: 'x' }, session.id)
    const app = URI.parse(made.body.totp_provisioning_uri)
    const code = () => app.generate({ timestamp: service.clock() } as never)
    await sso.asAdmin('PATCH', `/2fa/${made.body.id}`, { otp: code() }, session.id)
    service.clock.advance(30_000)
    const begun = await begin(sso)
    const { body } = await finish(sso, begun, codeFor(sso, begun))
    const { partial_session_id } = body.data
    const asking = await begin(sso)
    const page = await browser.open(answerAddress(asking, codeFor(sso, asking)))
    const fields = hiddenFields(page.body, '/login/sso/confirm')
    await rename(sso)
    await browser.open('http://renamed.localhost/login')
    for (const at of ['renamed.localhost', 'localhost']) {
      const second = await service.logIn({ partial_session_id, otp: code() }, { host: at })
      expect(second.status).toBe(401)
    }
    for (const at of ['renamed.localhost', host])
      expect((await browser.send(`http://${at}/login/sso/confirm`, fields)).status).toBe(401)
  })
})

describe('A strategy created before strategies had their own redirect URIs', () => {
  it.each([
    [null, SITE],
    [DOMAIN, `http://${DOMAIN}`],
  ])('gets one at its site’s own host by the migration: %s', async (domain, origin) => {
    const { sso } = await open()
    if (domain) await giveDomain(sso, domain)
    await env.DB_US_EAST_1.prepare("UPDATE sso_strategies SET origin_name = ''").run()
    const path = `/sso_strategies/${sso.strategy.id}`
    expect((await sso.asAdmin('GET', path)).body.redirect_status).toBe('not_of_site')
    const { queries = [] } =
      env.MIGRATIONS.region.find(({ name }) => name.startsWith('0010_')) ?? {}
    for (const query of queries) await env.DB_US_EAST_1.prepare(query).run()
    const { body } = await sso.asAdmin('GET', path)
    expect(body).toMatchObject({
      redirect_uri: `${origin}/login_from_oauth/${sso.strategy.id}`,
      redirect_status: 'unconfirmed',
    })
    const begun = await begin(sso)
    expect(begun.redirectUri).toBe(body.redirect_uri)
    expect((await finish(sso, begun, codeFor(sso, begun))).status).toBe(201)
    expect((await sso.asAdmin('GET', path)).body.redirect_status).toBe('confirmed')
  })

  it('finishes no login that an older version started with the shared redirect URI', async () => {
    const { sso, browser } = await open()
    const { sealer } = await sso.service.open()
    const begun = await begin(sso)
    const content = { strategy: sso.strategy.id, host: 'mysite.localhost', seed: 'x' }
    const kind = {
      typ: 'latchkey-sso+jwt',
      lifetimeSeconds: 600,
      content: z.object({ strategy: z.int(), host: z.string(), seed: z.string() }),
    }
    const state = await sealer.seal(kind, content, sso.service.clock())
    const old = { ...begun, state }
    const { status, body } = await finish(sso, old, codeFor(sso, old))
    expect([status, body.data.reason]).toEqual([401, 'expired'])
    expect((await browser.open(answerAddress(old, codeFor(sso, old)))).status).toBe(401)
  })
})

it('Verifying a domain changes the redirect URI of no strategy', async () => {
  const { sso } = await open()
  await giveDomain(sso, DOMAIN)
  const { body } = await sso.asAdmin('GET', `/sso_strategies/${sso.strategy.id}`)
  expect(body.redirect_uri).toBe(sso.strategy.redirect_uri)
  const begun = await begin({ ...sso, host: DOMAIN })
  expect(begun.redirectUri).toBe(sso.strategy.redirect_uri)
  expect((await finish({ ...sso, host: DOMAIN }, begun, codeFor(sso, begun))).status).toBe(201)
})
