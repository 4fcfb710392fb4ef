import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import type { Answer } from '../support/service.ts'
import { keyOptionsOn, TestBrowser } from '../support/test-browser.ts'

const HOST = 'mysite.localhost'
const SITE = `http://${HOST}`
const MINUTE = 60_000
const OLD = 'This page was open for too long'
const WRONG = 'Invalid username or password'

async function withPasskey() {
  const opened = await withSecondFactors()
  const { by, logIn, service, userId } = opened
  const ask = by((await logIn()).body.id)
  const { body } = await ask('POST', '/2fa', { method_type: 'webauthn' })
  const token = await SecurityToken.make()
  const { challenge, rp } = body.webauthn_registration_options
  const otp = await token.create({ rpId: rp.id, origin: SITE, challenge })
  await ask('PATCH', `/2fa/${body.id}`, { otp })
  const browser = new TestBrowser(service)
  const userHandle = base64url.encode(new TextEncoder().encode(String(userId)))
  /** Responds to the passkey challenge of a page, as a browser does. */
  const answer = async (page: Answer, change = {}) => {
    const { challenge } = keyOptionsOn(page.body)
    const signed = { rpId: HOST, origin: SITE, challenge, userHandle, flags: 5, ...change }
    const fields = hiddenFields(page.body, '/login/passkey')
    return browser.send(`${SITE}/login/passkey`, { ...fields, otp: await token.assert(signed) })
  }
  const open = (query = '') => browser.open(`${SITE}/login${query}`)
  const sendPassword = (page: Answer, password: string) =>
    browser.send(`${SITE}/login`, { ...hiddenFields(page.body, '/login'), ...right, password })
  return { ...opened, browser, answer, open, sendPassword }
}

const lastOutcome = () =>
  env.DB_US_EAST_1.prepare(`SELECT outcome FROM ${EVERY_ATTEMPT} ORDER BY created_at DESC`).first(
    'outcome',
  )

describe('A login page left open for 10 minutes', () => {
  it('says that it expired, and has a new passkey challenge', async () => {
    const { answer, open, clock } = await withPasskey()
    const page = await open('?return_to=%2Faccount%2F2fa')
    clock.advance(10 * MINUTE)
    const late = await answer(page)
    expect([late.status, late.body.includes(OLD), late.body.includes(WRONG)]).toEqual([
      ...[401, true, false],
    ])
    expect(await lastOutcome()).toBe('key_mismatch')
    const done = await answer(late)
    expect([done.status, done.headers.get('Location')]).toEqual([303, '/account/2fa'])
  })

  it('says so to every passkey response, even for an unknown user', async () => {
    const { answer, open, clock } = await withPasskey()
    const page = await open()
    clock.advance(10 * MINUTE)
    for (const userHandle of ['', base64url.encode(new TextEncoder().encode('12'))])
      expect((await answer(page, { userHandle })).body).toContain(OLD)
    const fresh = await open()
    for (const userHandle of ['', base64url.encode(new TextEncoder().encode('12'))])
      expect((await answer(fresh, { userHandle })).body).toContain(WRONG)
  })

  it('still accepts a password', async () => {
    const { open, sendPassword, clock } = await withPasskey()
    const page = await open()
    clock.advance(60 * MINUTE)
    expect((await sendPassword(page, right.password)).headers.get('Location')).toBe(
      '/login/second?locale=en',
    )
  })
})

describe('A page after a failed login', () => {
  it('has a new passkey challenge, even after a wrong password, however long that took', async () => {
    const { answer, open, sendPassword, clock } = await withPasskey()
    const page = await open()
    const first = keyOptionsOn(page.body).challenge
    clock.advance(9 * MINUTE)
    const wrong = await sendPassword(page, 'wrong')
    expect(wrong.status).toBe(401)
    expect(keyOptionsOn(wrong.body).challenge).not.toBe(first)
    clock.advance(9 * MINUTE)
    expect((await answer(wrong)).status).toBe(303)
  })

  it('has a new one after a refused passkey', async () => {
    const { answer, open } = await withPasskey()
    const refused = await answer(await open(), { flags: 1 })
    expect([refused.status, refused.body.includes(WRONG)]).toEqual([401, true])
    expect((await answer(refused)).status).toBe(303)
    expect((await answer(refused)).status).toBe(401)
  })

  it('tells the script where to get another before this one expires', async () => {
    const { open } = await withPasskey()
    const { body } = await open('?return_to=%2Faccount%2F2fa')
    expect(body).toContain('data-renew-at="/login?return_to=%2Faccount%2F2fa&amp;locale=en"')
  })
})
