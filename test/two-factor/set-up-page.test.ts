import { type TOTP, URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { hiddenFields } from '../support/hidden-fields.ts'
import { withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import type { Answer } from '../support/service.ts'
import { TestBrowser } from '../support/test-browser.ts'

const HOST = 'mysite.localhost'
const ORIGIN = `http://${HOST}`
const MINUTE = 60_000
const PHONE = '+49 30 901820'

async function open() {
  const opened = await withSecondFactors()
  const { service } = opened
  const browserOf = async (username: string) => {
    const browser = new TestBrowser(service)
    await browser.send(`${ORIGIN}/login`, { username, password: 'sessionuserpassword' })
    return browser
  }
  const browser = await browserOf('sessionuser')
  const placeOf = (answer: Answer) => `${ORIGIN}${answer.headers.get('Location')}`
  /** Sends a form of the 2FA page; returns where it leads. */
  const press = async (path: string, more: Record<string, string> = {}) => {
    const page = await browser.open(`${ORIGIN}/account/2fa`)
    const fields = hiddenFields(page.body, `/account/2fa/${path}`)
    const answer = await browser.send(`${ORIGIN}/account/2fa/${path}`, { ...fields, ...more })
    expect(answer.status).toBe(303)
    return placeOf(answer)
  }
  const finish = async (place: string, otp: string) => {
    const fields = hiddenFields((await browser.open(place)).body, '/account/2fa/finish')
    return browser.send(`${ORIGIN}/account/2fa/finish`, { ...fields, otp })
  }
  return { ...opened, browser, browserOf, press, finish, placeOf }
}

function appOn(page: string): TOTP {
  const [, uri = ''] = /href="(otpauth:[^"]*)"/.exec(page) ?? []
  return URI.parse(uri.replaceAll('&amp;', '&')) as TOTP
}

describe('The page that sets up an app', () => {
  it('has its own URL, which shows the same secret until it is complete', async () => {
    const { browser, press, finish, clock } = await open()
    const place = await press('app')
    expect(place).toMatch(/\/account\/2fa\/set_up\?id=\d+&locale=en$/)
    const [first, again] = [await browser.open(place), await browser.open(place)]
    expect([first.status, again.status]).toEqual([200, 200])
    const app = appOn(first.body)
    expect(appOn(again.body).secret.base32).toBe(app.secret.base32)
    clock.advance(9 * MINUTE)
    expect(appOn((await browser.open(place)).body).secret.base32).toBe(app.secret.base32)
    const done = await finish(place, app.generate({ timestamp: clock() }))
    expect([done.status, done.body.includes('class="codes"')]).toEqual([200, true])
    const after = await browser.open(place)
    expect([after.status, after.headers.get('Location')]).toEqual([303, '/account/2fa?locale=en'])
  })

  it('reports a wrong code at that URL, and accepts the next', async () => {
    const { browser, press, finish, placeOf, clock } = await open()
    const place = await press('app')
    const app = appOn((await browser.open(place)).body)
    const wrong = await finish(place, '000000')
    expect(wrong.status).toBe(303)
    for (let reload = 0; reload < 2; reload++) {
      const told = await browser.open(placeOf(wrong))
      expect([told.status, told.body.includes('role="alert"')]).toEqual([200, true])
      expect(appOn(told.body).secret.base32).toBe(app.secret.base32)
    }
    expect((await browser.open(place)).body).not.toContain('role="alert"')
    const code = app.generate({ timestamp: clock() })
    expect((await finish(placeOf(wrong), code)).status).toBe(200)
  })

  it('reports after 10 minutes that it expired, and shows no secret', async () => {
    const { browser, press, clock } = await open()
    const place = await press('app')
    clock.advance(10 * MINUTE)
    const { status, body } = await browser.open(place)
    expect([status, body.includes('role="alert"'), body.includes('otpauth:')]).toEqual([
      ...[401, true, false],
    ])
  })

  it('shows nothing to anybody else', async () => {
    const { service, home, press, browserOf } = await open()
    const place = await press('app')
    await service.createUser(home, { username: 'other' })
    const other = await (await browserOf('other')).open(place)
    expect([other.status, other.headers.get('Location')]).toEqual([303, '/account/2fa?locale=en'])
    const nobody = await new TestBrowser(service).open(place)
    expect([nobody.status, nobody.headers.get('Location')]).toEqual([
      ...[303, '/login?return_to=%2Faccount%2F2fa'],
    ])
  })
})

describe('The page that sets up another 2FA method', () => {
  it('sends one text message, however often it is opened', async () => {
    const { service, browser, press, finish } = await open()
    const place = await press('phone', { phone_number: PHONE })
    for (let reload = 0; reload < 3; reload++)
      expect((await browser.open(place)).body).toContain('+4930901820')
    expect(service.texts).toHaveLength(1)
    const [code = ''] = /^\d{6}/.exec(service.texts[0]?.text ?? '') ?? []
    expect((await finish(place, code)).status).toBe(200)
  })

  it('asks a key to sign the same challenge', async () => {
    const { browser, press, finish } = await open()
    const place = await press('key')
    const challengeOn = async () => {
      const { body } = await browser.open(place)
      const [, options = ''] = /data-options="([^"]*)"/.exec(body) ?? []
      return JSON.parse(options.replaceAll('&quot;', '"')).challenge as string
    }
    const challenge = await challengeOn()
    expect(await challengeOn()).toBe(challenge)
    const token = await SecurityToken.make()
    const otp = await token.create({ rpId: HOST, origin: ORIGIN, challenge })
    expect((await finish(place, otp)).status).toBe(200)
  })
})
