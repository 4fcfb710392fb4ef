import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import { API } from '../support/service.ts'
import { TestBrowser } from '../support/test-browser.ts'

const HOST = 'mysite.localhost'
const ORIGIN = `http://${HOST}`

/** A user whose 2FA method is a key, in a browser whose last authentication is not recent. */
async function open() {
  const opened = await withSecondFactors()
  const { service } = opened
  const browser = new TestBrowser(service)
  await browser.send(`${ORIGIN}/login`, right)
  const token = await SecurityToken.make()
  const begun = await browser.send(
    `${ORIGIN}/account/2fa/key`,
    hiddenFields((await browser.open(`${ORIGIN}/account/2fa`)).body, '/account/2fa/key'),
  )
  const setUp = (await browser.open(`${ORIGIN}${begun.headers.get('Location')}`)).body
  const { challenge } = optionsOn(setUp, 'data-key="create"')
  const otp = await token.create({ rpId: HOST, origin: ORIGIN, challenge })
  const fields = hiddenFields(setUp, '/account/2fa/finish')
  const done = await browser.send(`${ORIGIN}/account/2fa/finish`, { ...fields, otp })
  const codes = [...done.body.matchAll(/<li[^>]*>([0-9A-Z-]{23})<\/li>/g)].map(([, code]) => code)
  await env.DB_US_EAST_1.prepare('UPDATE keyed_sessions SET second_factor_at = 1').run()
  const factors = () => browser.open(`${ORIGIN}/account/2fa`)
  /** Presses a button of that page, and has the key sign its challenge. */
  const pressWithKey = async (path: string, more: Record<string, string> = {}) => {
    const page = (await factors()).body
    const form = formOf(page, `/account/2fa/${path}`)
    const options = optionsOn(form, 'data-field="proof"')
    const signed = { rpId: HOST, origin: ORIGIN, challenge: options.challenge }
    const fields = hiddenFields(page, `/account/2fa/${path}`)
    const proof = await token.assert(signed)
    const send = (of: object) =>
      browser.send(`${ORIGIN}/account/2fa/${path}`, { ...of, ...more, proof })
    /** Sends the key's signature in a form of a reloaded page. */
    const sendAgain = async () => {
      await env.DB_US_EAST_1.prepare('UPDATE keyed_sessions SET second_factor_at = 1').run()
      return send(hiddenFields((await factors()).body, `/account/2fa/${path}`))
    }
    return { answer: await send(fields), sendAgain, form, proof }
  }
  return { ...opened, browser, token, codes, factors, pressWithKey }
}

function formOf(page: string, action: string): string {
  return page.split(` action="${action}"`)[1]?.split('</form>')[0] ?? ''
}

function optionsOn(page: string, mark: string) {
  const [, button = ''] = new RegExp(`<button([^>]*${mark}[^>]*)>`).exec(page) ?? []
  const [, options = 'null'] = /data-options="([^"]*)"/.exec(button) ?? []
  return JSON.parse(options.replaceAll('&quot;', '"'))
}

describe('A user whose only 2FA method is a security key', () => {
  it('changes their 2FA methods with it, on every form, each time with its own challenge', async () => {
    const { pressWithKey, factors } = await open()
    for (const path of ['app', 'recovery_codes', 'key', 'remove']) {
      await env.DB_US_EAST_1.prepare('UPDATE keyed_sessions SET second_factor_at = 1').run()
      const { answer, sendAgain, form } = await pressWithKey(path)
      expect([200, 303], path).toContain(answer.status)
      expect(answer.headers.get('Location') ?? '', path).not.toContain('/login')
      if (path !== 'remove') expect((await sendAgain()).status, path).toBe(403)
      expect(form).toContain('Use a recovery code instead')
    }
    expect((await factors()).body).toContain('You have no 2FA methods yet')
  })

  it('can use a recovery code instead, which works without scripts', async () => {
    const { browser, factors, codes } = await open()
    const { body } = await factors()
    const fields = hiddenFields(body, '/account/2fa/app')
    const begun = await browser.send(`${ORIGIN}/account/2fa/app`, {
      ...fields,
      proof: codes[0] ?? '',
    })
    expect([begun.status, begun.headers.get('Location')]).toEqual([
      ...[303, expect.stringMatching(/^\/account\/2fa\/set_up/)],
    ])
  })

  it('gets a new challenge when a response was refused', async () => {
    const { browser, factors } = await open()
    const fields = hiddenFields((await factors()).body, '/account/2fa/app')
    const refused = await browser.send(`${ORIGIN}/account/2fa/app`, { ...fields, proof: '{}' })
    expect(refused.status).toBe(403)
    expect(
      optionsOn(formOf(refused.body, '/account/2fa/app'), 'data-field="proof"').challenge,
    ).toMatch(/^[\w-]{43}$/)
  })

  it('is asked for a code at a host where their keys do not work', async () => {
    const { service, codes } = await open()
    const browser = new TestBrowser(service)
    const led = await browser.send('http://localhost/login', right)
    const asked = await browser.follow('http://localhost', led)
    const hidden = hiddenFields(asked.body, '/login/second')
    await browser.send('http://localhost/login/second', { ...hidden, otp: codes[0] ?? '' })
    await env.DB_US_EAST_1.prepare('UPDATE keyed_sessions SET second_factor_at = 1').run()
    const page = await browser.open('http://localhost/account/2fa')
    expect([page.status, page.body.includes('data-field="proof"')]).toEqual([200, false])
    expect(page.body).toContain('id="proof-app"')
  })
})

describe('A user with a security key and an app', () => {
  it('can use either', async () => {
    const { pressWithKey, browser, factors, clock, by, addApp, logIn, token } = await open()
    const { data } = (await logIn()).body
    const { challenge } = data.webauthn_authentication_options
    const signed = await token.assert({ rpId: HOST, origin: ORIGIN, challenge })
    const partial = { password: undefined, partial_session_id: data.partial_session_id }
    const { body: session } = await logIn({ ...partial, otp: signed })
    const { code } = await addApp(session.id)
    expect(by(session.id)).toBeTypeOf('function')
    const { answer, form } = await pressWithKey('app')
    expect(answer.status).toBe(303)
    expect(form).toContain('Use your security key instead')
    clock.advance(30_000)
    const fields = hiddenFields((await factors()).body, '/account/2fa/app')
    const byCode = await browser.send(`${ORIGIN}/account/2fa/app`, { ...fields, proof: code() })
    expect(byCode.status).toBe(303)
  })
})

describe('A password reset of a user whose only 2FA method is a security key', () => {
  it('accepts its signature on the page, and asks again after a wrong one', async () => {
    const { service, token } = await open()
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: right.username } })
    const [, code = ''] = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '') ?? []
    const browser = new TestBrowser(service)
    await browser.open(`${ORIGIN}/reset?code=${code}`)
    let page = (await browser.open(`${ORIGIN}/reset`)).body as string
    const password = 'a quiet lamp by the window'
    const send = async (otp?: string) => {
      const fields = { ...hiddenFields(page, '/reset'), password, confirm_password: password }
      const answer = await browser.send(`${ORIGIN}/reset`, { ...fields, ...(otp && { otp }) })
      page = answer.body
      return answer.status
    }
    expect(await send()).toBe(401)
    expect(await send('{}')).toBe(401)
    const { challenge } = optionsOn(formOf(page, '/reset'), 'data-field="otp"')
    const otp = await token.assert({ rpId: HOST, origin: ORIGIN, challenge })
    expect(await send(otp)).toBe(200)
    expect((await service.logIn({ ...right, password })).body.type).toContain('two-factor')
  })
})
