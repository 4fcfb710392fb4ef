import { URI } from 'otpauth'
import { expect, vi } from 'vitest'
import { templatedPath } from '../../src/http/api-description.ts'
import { fullPath } from '../../src/http/route.ts'
import { routes } from '../../src/routes.ts'
import { DAY, MINUTE } from '../../src/storage/clock.ts'
import { CLIENT } from './code-order.ts'
import { describedPath } from './expect-described.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Answer, API, type Ask, SDK, Service } from './service.ts'
import {
  answerAddress,
  begin,
  codeFor,
  finish,
  readRequest,
  withProvider,
} from './single-sign-on.ts'
import { TestBrowser } from './test-browser.ts'

/** A service that records which of its routes succeeded. */
export class VisitedService extends Service {
  readonly visited = new Set<string>()

  override async ask(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    const answer = await super.ask(method, path, ask)
    if (answer.status < 400)
      this.visited.add(`${method} ${describedPath(path.split('?')[0] ?? '')}`)
    return answer
  }
}

/** The routes for site admins, and those of single sign-on. */
export const routesOfAdmins = routes
  .filter(({ access, path }) => /site-admin/.test(access.name) || /sso|oauth|logged_out/.test(path))
  .map((route) => `${route.method} ${templatedPath(fullPath(route))}`)

const SITE = 'http://mysite.localhost'

/** Does everything that an admin can do, and that people do with single sign-on. */
export async function adminDay(service: VisitedService): Promise<void> {
  const sso = await withProvider({ service, strategy: { provision_users: true } })
  const { admin, asAdmin, strategy } = sso
  await service.createUser(sso.site, { username: 'second', siteAdmin: true })
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await asAdmin(method, path, body && { ...body })
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(400)
    return answer
  }

  const jane = await ask('POST', '/users', { username: 'jane', email: 'jane@acme.example' })
  for (const query of [
    ...['', '?search=JA', '?q[username]=jane', '?q[email]=jane@acme.example', '?ids=1,2'],
    ...['?filter[site_admin]=true', '?filter[disabled]=true', '?filter[sso_strategy_id]=1'],
  ])
    await ask('GET', `/users${query}`)
  const one = `/users/${jane.body.id}`
  await ask('GET', one)
  await ask('PATCH', one, {
    site_admin: true,
    authentication_method: 'sso',
    sso_strategy_id: strategy.id,
  })
  await ask('PATCH', one, { disabled: true })
  await ask('PATCH', one, {
    disabled: false,
    authentication_method: 'password',
    sso_strategy_id: 0,
  })
  await ask('POST', `${one}/unlock`)
  await ask('POST', `${one}/resend_welcome_email`)
  await ask('POST', `${one}/2fa/reset`)
  await ask('PATCH', '/site', { session_expiry: 12, require_2fa: false })
  const days = `start_at=${new Date(0).toISOString()}&end_at=2100-01-01T00:00:00Z`
  for (const kind of ['login', 'login.csv', 'changes', 'changes.csv'])
    for (const query of ['', days, `user_id=${admin.id}`, 'cursor=1-1'])
      if (!(kind.endsWith('csv') && query.startsWith('cursor')))
        await ask('GET', `/history/${kind}?${query}`)
  await ask('GET', '/history/login?username=jane&failure_type=none')
  await ask('GET', '/history/changes?event=user_changed')
  for (const query of ['?site=true', `?user_id=${jane.body.id}`])
    await ask('GET', `/sessions${query}`)

  await peopleBySso(sso)
  await pagesOf(sso, Number(jane.body.id))
  await moveStrategy(sso, ask)

  const { body: users } = await ask('GET', `/users?filter[sso_strategy_id]=${strategy.id}`)
  const { body: links } = await ask('GET', `/sso_identities?user_id=${users[0].id}`)
  await ask('DELETE', `/sso_identities/${links[0].id}`)
  await ask('GET', '/sso_strategies')
  await ask('GET', `/sso_strategies/${strategy.id}`)
  await ask('POST', `/sso_strategies/${strategy.id}/test`)
  await ask('PATCH', `/sso_strategies/${strategy.id}`, { label: 'Other' })
  await ask('PATCH', `/sso_strategies/${strategy.id}`, { enabled: false })
  await ask('DELETE', `/sso_strategies/${strategy.id}`)
  await ask('DELETE', one)
  const dns = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async () => Response.json({ Status: 3, Answer: [] }))
  for (let day = 0; day < 6; day++) {
    service.clock.advance(DAY)
    await service.runCron()
  }
  dns.mockRestore()
}

type Sso = Awaited<ReturnType<typeof withProvider>>
type Asking = (method: string, path: string, body?: object) => Promise<Answer>

/** Verifies a domain, moves the strategy there after a test login, and confirms a rename that stops nothing. */
async function moveStrategy(sso: Sso, ask: Asking): Promise<void> {
  const { service, strategy, admin, host } = sso
  const { body: site } = await ask('PATCH', '/site', { domain: 'files.acme.example' })
  const { name, value } = site.domain_verification
  const dns = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async () =>
      Response.json({ Status: 0, Answer: [{ name, type: 16, TTL: 300, data: `"${value}"` }] }),
    )
  await ask('POST', '/site/verify_domain')
  dns.mockRestore()
  const path = `/sso_strategies/${strategy.id}`
  const redirect = { redirect_host: 'files.acme.example' }
  const { body: link } = await ask('POST', `${path}/test_login`, redirect)
  const browser = new TestBrowser(service)
  const { headers: there } = await browser.open(link.test_uri)
  const begun = readRequest(there.get('Location') ?? '')
  const passed = await browser.open(answerAddress(begun, codeFor(sso, begun)))
  expect(passed.status).toBe(200)
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
  const sent = { headers, host, body: { id: strategy.id, ...redirect } }
  expect((await service.ask('POST', '/admin/sso/move', sent)).status).toBe(303)
  await ask('PATCH', '/site', { subdomain: 'renamed', confirm_sso_stop: true })
  await ask('PATCH', '/site', { subdomain: 'mysite' })
}

/** Logs in in a browser and by API, also with 2FA, and logs out. */
async function peopleBySso(sso: Sso): Promise<void> {
  const { service, strategy, issuer, host } = sso
  const browser = new TestBrowser(service)
  const press = async () => {
    const { headers } = await browser.open(`${SITE}/login/sso?strategy=${strategy.id}`)
    return readRequest(headers.get('Location') ?? '')
  }
  const comeBack = async (begun: Awaited<ReturnType<typeof press>>) => {
    const back = new URL(begun.redirectUri)
    back.searchParams.set('state', begun.state)
    back.searchParams.set('code', codeFor(sso, begun, { claims: { sub: 'jo', sid: 's1' } }))
    return browser.open(back.href)
  }
  await comeBack(await press())
  const page = await browser.open(`${SITE}/account`)
  const out = await browser.send(`${SITE}/logout`, hiddenFields(page.body, '/logout'))
  await browser.open(`${SITE}${out.headers.get('Location')}`)
  const asked = await comeBack(await begin(sso))
  const fields = hiddenFields(asked.body, '/login/sso/confirm')
  await browser.send(`${SITE}/login/sso/confirm`, fields)

  const begun = await begin(sso)
  const { body: session } = await finish(sso, begun, codeFor(sso, begun))
  const headers = { 'X-FilesAPI-Auth': session.token }
  const ask = (method: string, path: string, body: Record<string, unknown>) =>
    service.ask(method, `${API}${path}`, { headers, host, body })
  const { body: made } = await ask('POST', '/2fa', { method_type: 'totp', name: 'phone' })
  const app = URI.parse(made.totp_provisioning_uri)
  const code = () => app.generate({ timestamp: service.clock() } as never)
  await ask('PATCH', `/2fa/${made.id}`, { otp: code() })
  service.clock.advance(MINUTE)
  const again = await press()
  const back = new URL(again.redirectUri)
  back.searchParams.set('state', again.state)
  back.searchParams.set('code', codeFor(sso, again))
  const step = await browser.follow(SITE, await browser.open(back.href))
  const second = hiddenFields(step.body, '/login/sso/second')
  await browser.send(`${SITE}/login/sso/second`, { ...second, otp: code() })

  const now = Math.floor(service.clock() / 1_000)
  const token = await fetch(`${issuer}/logout-token`, {
    method: 'POST',
    body: JSON.stringify({
      claims: {
        iss: issuer,
        aud: CLIENT.id,
        iat: now,
        exp: now + 120,
        jti: crypto.randomUUID(),
        sub: 'jo',
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      },
    }),
  })
  await service.ask('POST', `/sso/${strategy.id}/backchannel_logout`, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `logout_token=${(await token.json()) as string}`,
  })
}

/** Every page of admins, and every button. */
async function pagesOf({ service, admin, strategy, host }: Sso, userId: number): Promise<void> {
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
  const open = async (method: string, path: string, body?: Record<string, unknown>) => {
    const { status } = await service.ask(method, path, { headers, host, ...(body && { body }) })
    expect(status, `${method} ${path}`).toBeLessThan(400)
  }
  const days = 'from=2020-01-01&until=2030-01-01'
  for (const query of ['', '?search=JA', '?admins=true&disabled=true&sso=true', '?cursor=1'])
    await open('GET', `/admin/users${query}`)
  await open('POST', '/admin/users', { username: 'al', email: 'al@acme.example' })
  const { body: invited } = await service.ask('GET', `${API}/users?q[username]=al`, {
    headers,
    host,
  })
  await open('POST', `/admin/users/${invited[0].id}/delete`, { confirmed: true })
  const one = `/admin/users/${userId}`
  await open('GET', one)
  await open('POST', one, { email: 'jane@acme.example', self_managed: 'true', user_root: 'x' })
  for (const act of ['disable', 'enable', 'unlock', 'welcome', 'reset_factors', 'end_sessions'])
    await open('POST', `${one}/${act}`, {})
  for (const query of [days, 'username=jane&outcome=none', 'cursor=1-1'])
    await open('GET', `/admin/history?${query}`)
  for (const query of ['', 'username=jane', 'cursor=1-1'])
    await open('GET', `/admin/sessions?${query}`)
  for (const query of [days, `event=user_changed&user_id=${userId}`, 'cursor=1-1'])
    await open('GET', `/admin/changes?${query}`)
  await service.logIn({ ...admin, username: 'second' }, { headers: SDK })
  const { body: sessions } = await service.ask('GET', `${API}/sessions?site=true`, {
    headers,
    host,
  })
  const other = sessions.find(({ username }: { username: string }) => username === 'second')
  await open('POST', '/admin/sessions/end', { id: other.id })
  await open('GET', '/admin/rules')
  await open('GET', '/admin/sso')
  const okta = { provider: 'okta', subdomain: 'acme', client_id: 'x', client_secret: 'y' }
  await open('POST', '/admin/sso', okta)
  await open('POST', '/admin/sso/test', { id: strategy.id })
  for (const enabled of [false, true])
    await open('POST', '/admin/sso/turn', { id: strategy.id, enabled })
  const { body: strategies } = await service.ask('GET', `${API}/sso_strategies`, { headers, host })
  const added = strategies.find(({ id }: { id: number }) => id !== strategy.id)
  await open('POST', '/admin/sso/delete', { id: added.id })
  const rules = { session_expiry: '6', password_min_length: '15', password_validity_days: '0' }
  const locks = { user_lockout_tries: '10', user_lockout_lock_period: '1' }
  const rest = { disable_users_from_inactivity_period_days: '0', desktop_app: 'true' }
  await open('POST', '/admin/rules', { ...rules, ...locks, ...rest })
}
