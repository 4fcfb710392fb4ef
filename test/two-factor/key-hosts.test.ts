import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import { API, SDK } from '../support/service.ts'
import { keyOptionsOn, shownBy, TestBrowser } from '../support/test-browser.ts'

const OLD = 'mysite.localhost'
const NEW = 'files.example.com'
const WRONG = 'not-authenticated/one-time-password-incorrect'
const originOf = (host: string) => `http://${host}`

/** Gives the site the domain or takes it away, as a verification and its end do. */
function setDomain(domain: string | null) {
  const at = domain === null ? null : 1
  const sql = 'UPDATE sites SET domain = ?, domain_verified_at = ?'
  return env.DB_US_EAST_1.prepare(sql).bind(domain, at).run()
}

async function open() {
  const opened = await withSecondFactors({ userLockout: false })
  const { service, userId } = opened
  const logInAt = (host: string, more: Record<string, unknown> = {}) =>
    service.logIn({ ...right, ...more }, { headers: SDK, host })
  /** Registers a key at a host, with a response of its users' clients. */
  const addKeyAt = async (host: string, by: 'webauthn' | 'u2f' = 'webauthn', session?: string) => {
    const headers = { ...SDK, 'X-FilesAPI-Auth': session ?? (await logInAt(host)).body.id }
    const ask = (method: string, path: string, body: Record<string, unknown>) =>
      service.ask(method, `${API}${path}`, { headers, body, host })
    const token = await SecurityToken.make()
    const { body } = await ask('POST', '/2fa', { method_type: by, name: host })
    const { rp, challenge } = body.webauthn_registration_options
    const otp =
      by === 'u2f'
        ? await token.register({ appId: body.u2f_app_id, challenge })
        : await token.create({ rpId: rp.id, origin: originOf(host), challenge })
    const done = await ask('PATCH', `/2fa/${body.id}`, { otp })
    expect(done.status).toBe(200)
    const codes: string[] = done.body.recovery_codes ?? []
    return { token, id: body.id as number, rpId: rp.id as string, codes }
  }
  /** The reply to the first step at a host. */
  const beginAt = async (host: string) => {
    const { data } = (await logInAt(host)).body
    const { webauthn_authentication_options: options, security_key_origins: origins } = data
    const ids = options?.allowCredentials.map(({ id }: { id: string }) => id)
    return { data, options, origins, ids, challenge: options?.challenge as string }
  }
  const finishAt = (host: string, otp: string, partial_session_id: string) =>
    service.logIn({ username: right.username, otp, partial_session_id }, { headers: SDK, host })
  /** Both steps at a host, with a key that the browser found for an RP ID. */
  const logInBy = async (token: SecurityToken, { host, rpId = host, page = host }: By) => {
    const { data, challenge } = await beginAt(host)
    const otp = await token.assert({ rpId, challenge, origin: originOf(page) })
    return finishAt(host, otp, data.partial_session_id)
  }
  const userHandle = base64url.encode(new TextEncoder().encode(String(userId)))
  return { ...opened, logInAt, addKeyAt, beginAt, finishAt, logInBy, userHandle }
}

interface By {
  host: string
  /** The RP ID that the key was registered for. */
  rpId?: string
  /** The host of the browser's page. */
  page?: string
}

describe('A security key after its site got its own domain', () => {
  it('works at the host where it was registered, as before', async () => {
    const { addKeyAt, beginAt, logInBy } = await open()
    const { token } = await addKeyAt(OLD)
    await setDomain(NEW)
    const { options, origins, ids } = await beginAt(OLD)
    expect([options.rpId, ids, origins]).toEqual([OLD, [token.id], [originOf(OLD)]])
    expect((await logInBy(token, { host: OLD })).status).toBe(201)
  })

  it('can be used at the other host of the site as a related origin', async () => {
    const { addKeyAt, beginAt, logInBy, service } = await open()
    const { token } = await addKeyAt(OLD)
    await setDomain(NEW)
    const { options, ids } = await beginAt(NEW)
    expect([options.rpId, ids, options.extensions]).toEqual([OLD, [token.id], {}])
    expect((await logInBy(token, { host: NEW, rpId: OLD })).status).toBe(201)
    for (const host of [OLD, NEW]) {
      const related = await service.ask('GET', '/.well-known/webauthn', { host })
      expect(related.headers.get('Content-Type')).toContain('application/json')
      expect(related.body).toEqual({ origins: [originOf(NEW), originOf(OLD)] })
    }
  })

  it('is offered only at its own host when the user has others for the other host', async () => {
    const { addKeyAt, beginAt, logInBy } = await open()
    const old = await addKeyAt(OLD)
    const { body } = await logInBy(old.token, { host: OLD })
    await setDomain(NEW)
    const young = await addKeyAt(NEW, 'webauthn', body.id)
    expect([old.rpId, young.rpId]).toEqual([OLD, NEW])
    for (const [host, { token }] of [
      [OLD, old],
      [NEW, young],
    ] as const) {
      const { options, ids, origins } = await beginAt(host)
      expect([options.rpId, ids]).toEqual([host, [token.id]])
      expect(origins).toEqual([originOf(NEW), originOf(OLD)])
      expect((await logInBy(token, { host })).status).toBe(201)
    }
  })

  it('is offered at shared hosts, with keys of the present host first', async () => {
    const { addKeyAt, beginAt, logInBy } = await open()
    const old = await addKeyAt(OLD)
    await setDomain(NEW)
    expect((await beginAt('localhost')).options.rpId).toBe(OLD)
    const by = { host: 'localhost', rpId: OLD, page: OLD }
    const { status, body } = await logInBy(old.token, by)
    expect(status).toBe(201)
    const young = await addKeyAt(NEW, 'webauthn', body.id)
    const { options, ids } = await beginAt('us-east-1.localhost')
    expect([options.rpId, ids]).toEqual([NEW, [young.token.id]])
  })

  it('enrolled by U2F works at its own host only, since browsers refuse its AppID elsewhere', async () => {
    const { addKeyAt, beginAt, finishAt } = await open()
    const { token } = await addKeyAt(OLD, 'u2f')
    await setDomain(NEW)
    const { options, origins, data } = await beginAt(NEW)
    expect([options, origins]).toEqual([undefined, [originOf(OLD)]])
    const [request] = data.u2f_sign_requests
    expect(request.app_id).toBe(originOf(OLD))
    const otp = await token.sign({ appId: request.app_id, challenge: request.challenge })
    expect((await finishAt(NEW, otp, data.partial_session_id)).status).toBe(201)
    expect((await beginAt(OLD)).options.extensions).toEqual({ appid: originOf(OLD) })
  })

  it.each<[string, By]>([
    ['from a page of another site', { host: NEW, rpId: OLD, page: 'other.localhost' }],
    ['from a page of the global host', { host: 'localhost', rpId: OLD, page: 'localhost' }],
    ['from an unknown domain', { host: NEW, rpId: OLD, page: 'evil.example.com' }],
    ['made for the other host', { host: NEW, rpId: NEW }],
  ])('is refused in a response %s', async (_, by) => {
    const { addKeyAt, logInBy } = await open()
    const { token } = await addKeyAt(OLD)
    await setDomain(NEW)
    expect((await logInBy(token, by)).body.type).toBe(WRONG)
  })

  it('reauthenticates its user and resets a password at either host', async () => {
    const { addKeyAt, logInBy, service, clock } = await open()
    const { token } = await addKeyAt(OLD)
    const { body } = await logInBy(token, { host: OLD })
    await setDomain(NEW)
    clock.advance(11 * 60_000)
    const headers = { ...SDK, 'X-FilesAPI-Auth': body.id }
    for (const host of [OLD, NEW]) {
      const ask = (path: string, body: Record<string, unknown>, more = {}) =>
        service.ask('POST', `${API}${path}`, { host, body, headers: { ...headers, ...more } })
      const sent = await ask('/2fa/send_code', { u2f_only: true })
      const { challenge, rpId } = sent.body.webauthn_authentication_options
      const code = await token.assert({ rpId, challenge, origin: originOf(host) })
      const proof = { 'X-Files-Reauthentication': `code:${code}` }
      expect((await ask('/2fa', { method_type: 'totp' }, proof)).status).toBe(201)
    }
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: right.username } })
    const [, code] = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '') ?? []
    const reset = (more = {}) =>
      service.ask('POST', `${API}/sessions/forgot/reset`, {
        host: NEW,
        body: { code, password: 'a quiet lamp by the window', ...more },
      })
    const { challenge, rpId } = (await reset()).body.data.webauthn_authentication_options
    const otp = await token.assert({ rpId, challenge, origin: originOf(NEW) })
    expect((await reset({ otp })).status).toBe(204)
  })
})

describe('A security key whose host the site has released', () => {
  it('is offered nowhere and logs nobody in, so that only recovery codes work', async () => {
    const { addKeyAt, beginAt, logInAt, finishAt, service } = await open()
    await setDomain(NEW)
    const { token, codes } = await addKeyAt(NEW)
    await setDomain(null)
    for (const host of [OLD, 'localhost']) {
      const { data, options, origins } = await beginAt(host)
      expect([options, origins]).toEqual([undefined, []])
      expect(data.two_factor_authentication_methods).toEqual(['recovery_code'])
    }
    const { data } = (await logInAt(OLD)).body
    const claims = { rpId: NEW, origin: originOf(NEW), challenge: 'A'.repeat(43) }
    const refused = await finishAt(OLD, await token.assert(claims), data.partial_session_id)
    expect(refused.body.type).toBe(WRONG)
    const [code = ''] = codes
    expect((await finishAt(OLD, code, data.partial_session_id)).status).toBe(201)
    expect((await service.ask('GET', '/.well-known/webauthn', { host: OLD })).body).toEqual({
      origins: [originOf(OLD)],
    })
  })

  it('is marked on the page, with what to do', async () => {
    const { addKeyAt, service } = await open()
    await setDomain(NEW)
    const { codes } = await addKeyAt(NEW)
    await setDomain(null)
    const browser = new TestBrowser(service)
    const led = await browser.send(`${originOf(OLD)}/login`, right)
    const asked = await browser.follow(originOf(OLD), led)
    expect(asked.status).toBe(200)
    expect(asked.body).toContain('Your security keys no longer work')
    expect(asked.body).toMatch(/<details open/)
    expect(asked.body).toContain('Enter one of your recovery codes')
    const hidden = hiddenFields(asked.body, '/login/second')
    const wrong = await browser.send(`${originOf(OLD)}/login/second`, { ...hidden, otp: '1' })
    const again = await browser.follow(originOf(OLD), wrong)
    expect(again.body).toContain('Your security keys no longer work')
    const [otp = ''] = codes
    const done = await browser.send(`${originOf(OLD)}/login/second`, { ...hidden, otp })
    expect(done.status).toBe(303)
    const page = await browser.open(`${originOf(OLD)}/account/2fa`)
    expect(page.body).toContain(`No longer works: it was registered at ${NEW}`)
  })

  it('cannot complete a set-up that started there', async () => {
    const { logInAt, by } = await open()
    await setDomain(NEW)
    const headers = by((await logInAt('localhost')).body.id)
    const { body } = await headers('POST', '/2fa', { method_type: 'webauthn' })
    const { challenge, rp } = body.webauthn_registration_options
    expect(rp.id).toBe(NEW)
    await setDomain(null)
    const token = await SecurityToken.make()
    const otp = await token.create({ rpId: NEW, origin: originOf(NEW), challenge })
    expect((await headers('PATCH', `/2fa/${body.id}`, { otp })).body.type).toBe(WRONG)
    const [listed] = (await headers('GET', '/2fa')).body
    expect(listed.webauthn_registration_options).toBeNull()
  })
})

describe('A page', () => {
  it('at the new host says where the key works, and lets the browser try it', async () => {
    const { addKeyAt, service } = await open()
    await addKeyAt(OLD)
    await setDomain(NEW)
    const at = async (host: string) => {
      const browser = new TestBrowser(service)
      const led = await browser.send(`${originOf(host)}/login`, right)
      return browser.follow(originOf(host), led)
    }
    const lent = (await at(NEW)).body
    expect(lent).toContain('data-key="get"')
    expect(lent).toContain('If your browser does not accept your key here')
    expect(lent).toContain(`href="${originOf(OLD)}/login?return_to=%2Faccount"`)
    const own = (await at(OLD)).body
    expect(own).toContain('data-key="get"')
    expect(own).not.toContain('your key here')
    const shared = (await at('localhost')).body
    expect(shared).not.toContain('data-key="get"')
    expect(shared).toContain('To use your security key, log in at')
  })

  it('at either host registers a key for that host, and says where each one works', async () => {
    const { addKeyAt, service, logInBy } = await open()
    await setDomain(NEW)
    const { token } = await addKeyAt(NEW)
    const { status } = await logInBy(token, { host: NEW })
    expect(status).toBe(201)
    const browser = new TestBrowser(service)
    const led = await browser.send(`${originOf(OLD)}/login`, right)
    const asked = await browser.follow(originOf(OLD), led)
    const hidden = hiddenFields(asked.body, '/login/second')
    const { challenge, rpId } = keyOptionsOn(asked.body)
    expect(rpId).toBe(NEW)
    const otp = await token.assert({ rpId, challenge, origin: originOf(OLD) })
    await browser.send(`${originOf(OLD)}/login/second`, { ...hidden, otp })
    const { headers } = await browser.send(`${originOf(OLD)}/account/2fa/key`, {})
    const page = await browser.open(`${originOf(OLD)}${headers.get('Location')}`)
    expect([page.status, page.body.includes(`"id":"${OLD}"`)]).toEqual([200, false])
    expect(page.body.replaceAll('&quot;', '"')).toContain(`"id":"${OLD}"`)
    const factors = await browser.open(`${originOf(OLD)}/account/2fa`)
    expect(factors.body).toContain(`Registered at ${NEW}. To use it, log in there.`)
  })

  it.each(['localhost', 'us-east-1.localhost', 'nobody.localhost', 'nobody.example.com'])(
    'of no site uses no keys of other hosts: %s',
    async (host) => {
      const { service } = await open()
      expect((await service.ask('GET', '/.well-known/webauthn', { host })).status).toBe(404)
    },
  )

  it('of an unverified domain uses no keys of other hosts, nor do others use its keys', async () => {
    const { service } = await open()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET domain = ?').bind(NEW).run()
    expect((await service.ask('GET', '/.well-known/webauthn', { host: NEW })).status).toBe(404)
    const own = await service.ask('GET', '/.well-known/webauthn', { host: OLD })
    expect(own.body).toEqual({ origins: [originOf(OLD)] })
  })
})

describe('A passkey', () => {
  it('logs in at the host where it was registered, whatever the present host is', async () => {
    const { addKeyAt, service, userHandle } = await open()
    const { token } = await addKeyAt(OLD)
    await setDomain(NEW)
    const logInAt = async (host: string, rpId: string) => {
      const page = (await service.ask('GET', '/login', { host })).body as string
      const { passkey = '' } = await shownBy(service, page, '/login/passkey')
      const options = keyOptionsOn(page)
      expect(options.rpId).toBe(host)
      const signed = { rpId, origin: originOf(host), challenge: options.challenge }
      const otp = await token.assert({ ...signed, userHandle, flags: 5 })
      const headers = { Origin: originOf(host) }
      const sent = { host, headers, body: { passkey, otp } }
      return (await service.ask('POST', '/login/passkey', sent)).status
    }
    expect(await logInAt(OLD, OLD)).toBe(303)
    expect(await logInAt(NEW, OLD)).toBe(401)
    expect(await logInAt(NEW, NEW)).toBe(401)
  })
})
