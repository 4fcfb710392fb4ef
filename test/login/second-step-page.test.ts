import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import type { Answer } from '../support/service.ts'
import { keyOptionsOn, TestBrowser } from '../support/test-browser.ts'

const HOST = 'mysite.localhost'
const SITE = `http://${HOST}`
const STEP = `${SITE}/login/second`
const COOKIE = '__Host-latchkey-second-step'
const MINUTE = 60_000

async function open(site = {}, changes = {}) {
  const opened = await withSecondFactors(site, {}, changes)
  const app = await opened.withApp()
  const browser = new TestBrowser(opened.service)
  const logIn = async (more: Record<string, string> = {}) => {
    const fields = hiddenFields((await browser.open(`${SITE}/login`)).body, '/login')
    return browser.send(`${SITE}/login`, { ...fields, ...right, ...more })
  }
  const show = () => browser.open(STEP)
  /** Sends the form on the page of a second step. */
  const send = (page: Answer, more: Record<string, string>, path = '/login/second') =>
    browser.send(`${SITE}${path}`, { ...hiddenFields(page.body, path), ...more })
  return { ...opened, ...app, browser, logIn, show, send }
}

describe('The page of the second login step', () => {
  it('has its own URL, which shows the same however often it is opened', async () => {
    const { browser, logIn, show, send, code } = await open()
    const begun = await logIn({ return_to: '/account/2fa' })
    expect([begun.status, begun.headers.get('Location')]).toEqual([303, '/login/second?locale=en'])
    const [cookie = ''] = begun.headers.getSetCookie().filter((one) => one.startsWith(COOKIE))
    expect(cookie.split('; ').slice(1).toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=3600',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ])
    expect(cookie.length).toBeLessThanOrEqual(4_096)
    const pages = [await show(), await show(), await show()]
    for (const { status, body } of pages) {
      expect([status, body.includes('role="alert"')]).toEqual([200, false])
      expect(body).toMatch(/You are logging in as <bdi[^>]*>sessionuser<\/bdi>/)
    }
    const done = await send(pages[0] as Answer, { otp: code() })
    expect([done.status, done.headers.get('Location')]).toEqual([303, '/account'])
    expect(browser.cookie(HOST, COOKIE)).toBeUndefined()
    const after = await show()
    expect([after.status, after.headers.get('Location')]).toEqual([303, '/login?locale=en'])
  })

  it('redirects to the requested page', async () => {
    const { browser, show, send, code } = await open()
    const page = await browser.open(`${SITE}/login?return_to=%2Faccount%2F2fa`)
    await browser.send(`${SITE}/login`, { ...hiddenFields(page.body, '/login'), ...right })
    const done = await send(await show(), { otp: code() })
    expect(done.headers.get('Location')).toBe('/account/2fa')
  })

  it('reports a wrong code and accepts the next one, and a reload submits nothing', async () => {
    const { logIn, show, send, code } = await open()
    await logIn()
    const wrong = await send(await show(), { otp: '000000' })
    expect([wrong.status, wrong.headers.get('Location')]).toEqual([303, '/login/second?locale=en'])
    for (let reload = 0; reload < 8; reload++)
      expect((await show()).body).toContain('This code is incorrect')
    expect((await send(await show(), { otp: code() })).headers.get('Location')).toBe('/account')
  })

  it('ends with the fifth wrong code, and then shows the login form', async () => {
    const { browser, logIn, show, send, code } = await open({ userLockout: false })
    await logIn()
    const page = await show()
    for (let nth = 0; nth < 5; nth++) await send(page, { otp: `00000${nth}` })
    for (const otp of [code(), '']) {
      await send(page, { otp })
      const { status, body } = await browser.open(STEP)
      expect([status, body.includes('action="/login"')]).toEqual([401, true])
      expect(body).toContain('there were too many incorrect codes')
    }
    expect(browser.cookie(HOST, COOKIE)).toBeUndefined()
    expect((await logIn()).headers.get('Location')).toBe('/login/second?locale=en')
  })

  it('stays when too many codes are tried in a minute, and says when to try again', async () => {
    let isFull = false
    const limit = async () => ({ success: !isFull })
    const { logIn, show, send, code, clock } = await open({}, { CALLER_LIMITER: { limit } })
    await logIn()
    const page = await show()
    isFull = true
    const { status, headers, trips } = await send(page, { otp: code() })
    expect([status, headers.get('Location'), trips]).toEqual([303, '/login/second?locale=en', []])
    isFull = false
    expect((await show()).body).toContain('Please try again in a minute.')
    clock.advance(MINUTE)
    expect((await send(await show(), { otp: code() })).headers.get('Location')).toBe('/account')
  })

  it('says after 10 minutes that it has expired', async () => {
    const { logIn, show, send, code, clock } = await open()
    await logIn()
    const page = await show()
    clock.advance(10 * MINUTE)
    const late = await send(page, { otp: code() })
    expect(late.status).toBe(303)
    const { status, body } = await show()
    expect([status, body.includes('This step took too long')]).toEqual([401, true])
    expect(body).toContain('value="sessionuser"')
  })

  it('shows the same after a reload', async () => {
    const { browser, logIn, show, clock } = await open()
    await logIn()
    clock.advance(10 * MINUTE)
    const { status, body } = await show()
    expect([status, body.includes('This step took too long')]).toEqual([401, true])
    expect(body).toContain('value="sessionuser"')
    expect(browser.cookie(HOST, COOKIE)).toBeUndefined()
  })

  it('ends when the user has changed meanwhile', async () => {
    const { logIn, show } = await open()
    await logIn()
    await env.DB_US_EAST_1.prepare('UPDATE users SET credential_version = 9').run()
    expect((await show()).status).toBe(401)
  })

  it('asks for a new password at the same URL, and reports what is wrong with one', async () => {
    const { logIn, show, send, code, clock } = await open()
    await env.DB_US_EAST_1.prepare('UPDATE users SET require_password_change = 1').run()
    await logIn()
    expect((await send(await show(), { otp: code() })).status).toBe(303)
    const due = await show()
    expect(due.body).toContain('name="change_password"')
    const short = { change_password: 'short', change_password_confirmation: 'other' }
    expect((await send(due, { otp: code(), ...short })).status).toBe(303)
    const told = (await show()).body as string
    expect(told).toContain('name="change_password"')
    expect(told).toContain('Not saved. The passwords do not match.')
    clock.advance(30_000)
    const good = 'a quiet lamp by the window'
    const chosen = { change_password: good, change_password_confirmation: good }
    const done = await send(await show(), { otp: code(), ...chosen })
    expect(done.headers.get('Location')).toBe('/account')
  })

  it('in one tab stays that user’s when another tab logs in as somebody else', async () => {
    const { service, home, browser, logIn, show, send, code, by } = await open()
    const other = await service.createUser(home, { username: 'other' })
    const { body } = await service.logIn(other, { headers: { 'User-Agent': 'Files.com SDK' } })
    expect(by(body.id)).toBeTypeOf('function')
    await logIn()
    const first = await show()
    await logIn({ username: 'other' })
    const done = await send(first, { otp: code() })
    expect(done.headers.get('Location')).toBe('/account')
    expect((await browser.open(`${SITE}/account`)).body).toContain('sessionuser')
  })

  it('is refused when no login is in progress, and ignores a foreign cookie', async () => {
    const { service } = await open()
    for (const Cookie of ['', `${COOKIE}=x`, `${COOKIE}=a~b`, `${COOKIE}=~`]) {
      const page = await service.ask('GET', '/login/second', { host: HOST, headers: { Cookie } })
      expect([page.status, page.headers.get('Location')], Cookie).toEqual([303, '/login?locale=en'])
    }
  })
})

describe('The page of the second step with a phone or key', () => {
  it('sends a text message on request, and not when it is opened', async () => {
    const { service, logIn, show, send, by, session, code, clock } = await open()
    const proof = { 'X-Files-Reauthentication': `code:${code()}` }
    const phone = { method_type: 'sms', phone_number: '+49 30 901820' }
    const begun = await by(session)('POST', '/2fa', phone, proof)
    const lastCode = () => /^\d{6}/.exec(service.texts.at(-1)?.text ?? '')?.[0] ?? ''
    await by(session)('PATCH', `/2fa/${begun.body.id}`, { otp: lastCode() })
    clock.advance(MINUTE)
    const before = service.texts.length
    await logIn()
    expect(service.texts).toHaveLength(before)
    const sent = await send(await show(), {}, '/login/second/send')
    expect([sent.status, sent.headers.get('Location')]).toEqual([303, '/login/second?locale=en'])
    for (let reload = 0; reload < 3; reload++)
      expect((await show()).body).toContain('We sent you a code')
    expect(service.texts).toHaveLength(before + 1)
    expect((await send(await show(), {}, '/login/second/send')).status).toBe(303)
    expect((await show()).body).toContain('role="alert"')
    expect(service.texts).toHaveLength(before + 1)
    expect((await send(await show(), { otp: lastCode() })).headers.get('Location')).toBe('/account')
  })

  it('lets a key sign the same challenge after a reload, and logs in with it', async () => {
    const { by, logIn, show, send, session, code } = await open()
    const proof = { 'X-Files-Reauthentication': `code:${code()}` }
    const { body } = await by(session)('POST', '/2fa', { method_type: 'webauthn' }, proof)
    const token = await SecurityToken.make()
    const { challenge, rp } = body.webauthn_registration_options
    const made = await token.create({ rpId: rp.id, origin: SITE, challenge })
    await by(session)('PATCH', `/2fa/${body.id}`, { otp: made })
    await logIn()
    const first = keyOptionsOn((await show()).body)
    const page = await show()
    expect(keyOptionsOn(page.body).challenge).toBe(first.challenge)
    const otp = await token.assert({ rpId: HOST, origin: SITE, challenge: first.challenge })
    expect((await send(page, { otp })).headers.get('Location')).toBe('/account')
  })
})
