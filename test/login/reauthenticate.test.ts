import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { interposed } from '../support/interposed-database.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import type { Answer } from '../support/service.ts'
import { TestBrowser } from '../support/test-browser.ts'

const HOST = 'mysite.localhost'
const ORIGIN = `http://${HOST}`
const FAILED = 'not-authorized/reauthentication-failed'
const LOCKED = 'rate-limited/reauthentication-rate-limited'
const MINUTE = 60_000
const RIGHT = `password:${right.password}`

/** A user with an authenticator app, whose session needs reauthentication. */
async function stale(changes: Parameters<typeof withSecondFactors>[2] = {}) {
  const opened = await withSecondFactors({}, {}, changes)
  const app = await opened.withApp()
  opened.clock.advance(11 * MINUTE)
  const ask = opened.by(app.session)
  /** Creates an API key with this credential. */
  const prove = (proof: string, more = {}) =>
    ask('POST', '/api_keys', { name: 'x' }, { 'X-Files-Reauthentication': proof, ...more })
  return { ...opened, ...app, ask, prove }
}

function typesOf(answers: Answer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { body, status } of answers) {
    const name = body?.type ?? String(status)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function wrongCode(nth: number): string {
  return `code:${100_000 + nth * 7}`
}

function wrongRecoveryCode(nth: number): string {
  return `code:${String(nth).padStart(20, 'X')}`
}

function keysMade() {
  return env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM api_keys').first('n')
}

describe('Reauthentication', () => {
  it.each([
    ['30 passwords', 30, (nth: number) => `password:wrong ${nth}`],
    ['30 passwords as the CLI sends them', 30, (nth: number) => `wrong password ${nth}`],
    ['200 codes', 200, wrongCode],
    ['30 recovery codes', 30, wrongRecoveryCode],
  ])('checks ten of %s sent at once, and then accepts no right one', async (_, times, guess) => {
    const { prove, code, recoveryCodes } = await stale()
    const guesses = Array.from({ length: times }, (_, nth) => prove(guess(nth)))
    expect(typesOf(await Promise.all(guesses))).toEqual({ [FAILED]: 10, [LOCKED]: times - 10 })
    for (const proof of [RIGHT, `code:${code()}`, `code:${recoveryCodes[0]}`])
      expect((await prove(proof)).body.type).toBe(LOCKED)
    expect(await keysMade()).toBe(0)
  })

  it('accepts no right code among 60 wrong ones once ten were wrong', async () => {
    const { prove, code } = await stale()
    const wrong = Array.from({ length: 59 }, (_, nth) => prove(wrongCode(nth)))
    await Promise.all(wrong.slice(0, 20))
    expect((await prove(`code:${code()}`)).body.type).toBe(LOCKED)
    await Promise.all(wrong)
    expect(await keysMade()).toBe(0)
  })

  it.each([
    ['a lockout', 'login_failures SET locked_until = 9999999999999', LOCKED],
    ['a change of credentials', 'users SET credential_version = credential_version + 1', FAILED],
    ['a disabled user', 'users SET disabled = 1', FAILED],
    ['another login method', "users SET authentication_method = 'none'", FAILED],
  ])('notices %s between the read and the decision', async (_, change, type) => {
    const { prove, service, code } = await stale()
    await prove('password:wrong')
    for (const proof of [RIGHT, `code:${code()}`]) {
      service.env.DB_US_EAST_1 = interposed(env.DB_US_EAST_1, 'known_addresses', (database) =>
        database.prepare(`UPDATE ${change}`).run(),
      )
      expect((await prove(proof)).body.type).toBe(type)
      service.env.DB_US_EAST_1 = env.DB_US_EAST_1
      await env.DB_US_EAST_1.exec('UPDATE login_failures SET locked_until = NULL')
      await env.DB_US_EAST_1.exec(
        "UPDATE users SET credential_version = 1, disabled = 0, authentication_method = 'password'",
      )
    }
    expect(await keysMade()).toBe(0)
  })

  it('accepts a code once when it is sent 50 times at once', async () => {
    const { prove, code, recoveryCodes } = await stale()
    await env.DB_US_EAST_1.exec('UPDATE sites SET user_lockout = 0')
    for (const proof of [`code:${code()}`, `code:${recoveryCodes[0]}`]) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => prove(proof)))
      expect(typesOf(answers)).toEqual({ 201: 1, [FAILED]: 49 })
    }
  })

  it('returns what was decided when the connection is lost after the decision', async () => {
    const faulty = new FaultyDatabase(env.DB_US_EAST_1)
    const { prove, service, code } = await stale()
    service.env.DB_US_EAST_1 = faulty.binding
    for (const proof of [RIGHT, `code:${code()}`]) {
      faulty.losesNextBatch = true
      expect((await prove(proof)).status).toBe(201)
    }
  })

  it('costs one read and one batch at the primary, and one more read for a code', async () => {
    const { by, withApp, clock } = await withSecondFactors()
    const { session, code } = await withApp()
    const make = async (headers = {}) =>
      (await by(session)('POST', '/api_keys', { name: 'x' }, headers)).trips.length
    const without = await make()
    clock.advance(11 * MINUTE)
    // The session's last use is written as well.
    expect(await make({ 'X-Files-Reauthentication': RIGHT })).toBe(without + 3)
    expect(await make({ 'X-Files-Reauthentication': RIGHT })).toBe(without + 2)
    expect(await make({ 'X-Files-Reauthentication': `code:${code()}` })).toBe(without + 3)
  })

  it('shares its failure count with logins at the site', async () => {
    const { prove, service } = await stale()
    const logIn = (password: string) => service.logIn({ ...right, password }, { host: HOST })
    for (let nth = 0; nth < 5; nth++) {
      expect((await logIn(`wrong at login ${nth}`)).status).toBe(401)
      expect((await prove(`password:wrong ${nth}`)).body.type).toBe(FAILED)
    }
    expect((await logIn(right.password)).body.type).toBe('not-authenticated/locked-out')
    expect((await prove(RIGHT)).body.type).toBe(LOCKED)
  })

  it('resets no failure count of another credential', async () => {
    const { prove, clock, code } = await stale()
    for (let nth = 0; nth < 9; nth++) expect((await prove(wrongCode(nth))).body.type).toBe(FAILED)
    expect((await prove(RIGHT)).status).toBe(201)
    expect((await prove(wrongCode(9))).body.type).toBe(FAILED)
    expect((await prove(RIGHT)).body.type).toBe(LOCKED)
    clock.advance(60 * MINUTE)
    expect((await prove(`code:${code()}`)).status).toBe(201)
  })

  it('accepts a security key during a lockout, and does not count a wrong response of one', async () => {
    const { prove, ask, code } = await stale()
    const token = await SecurityToken.make()
    const proof = { 'X-Files-Reauthentication': `code:${code()}` }
    const { body: key } = await ask('POST', '/2fa', { method_type: 'u2f' }, proof)
    const [{ challenge, app_id: appId }] = key.u2f_registration_requests
    await ask('PATCH', `/2fa/${key.id}`, { otp: await token.register({ appId, challenge }) })
    const other = await SecurityToken.make()
    const signed = async (by = token) => {
      const { body } = await ask('POST', '/2fa/send_code', { u2f_only: true })
      return `code:${await by.sign({ appId, challenge: body.u2f_sign_requests[0].challenge })}`
    }
    for (let nth = 0; nth < 12; nth++)
      expect((await prove(await signed(other))).body.type).toBe(FAILED)
    expect((await prove(RIGHT)).status).toBe(201)
    for (let nth = 0; nth < 10; nth++) await prove(`password:wrong ${nth}`)
    expect((await prove(RIGHT)).body.type).toBe(LOCKED)
    expect((await prove(await signed())).status).toBe(201)
  })
})

describe('Reauthentication on a page', () => {
  /** A browser that its user has logged in with some time ago. */
  async function browsing() {
    const { service, clock } = await withSecondFactors()
    const browser = new TestBrowser(service)
    await browser.open(`${ORIGIN}/login`)
    expect((await browser.send(`${ORIGIN}/login`, right)).status).toBe(303)
    clock.advance(11 * MINUTE)
    const key = { name: 'x', key_password: right.password }
    const send = async (action: string, page: string, fields: Record<string, string>) => {
      const { body } = await browser.open(`${ORIGIN}${page}`)
      const hidden = hiddenFields(body, action)
      return () => browser.send(`${ORIGIN}${action}`, { ...hidden, ...fields })
    }
    return { service, send, key }
  }

  it.each([
    ['/account/keys', '/account', 'key_password'],
    ['/account/password', '/account', 'present_password'],
    ['/account/2fa/app', '/account/2fa', 'proof'],
  ])('checks ten of 30 passwords sent at once to %s', async (action, page, field) => {
    const { send } = await browsing()
    const others = { name: 'x', new_password: 'a quiet lamp', new_password_again: 'a quiet lamp' }
    const forms = []
    for (let nth = 0; nth < 30; nth++)
      forms.push(await send(action, page, { ...others, [field]: `wrong ${nth}` }))
    const answers = await Promise.all(forms.map((form) => form()))
    const counts = { 403: 0, 429: 0 } as Record<number, number>
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
    expect(counts).toEqual({ 403: 10, 429: 20 })
    const last = await send(action, page, { ...others, [field]: right.password })
    expect((await last()).status).toBe(429)
  })

  it('is not locked out by strangers, in a browser that the user has logged in with', async () => {
    const { service, send, key } = await browsing()
    for (let nth = 0; nth < 10; nth++)
      await service.logIn({ ...right, password: `wrong ${nth}` }, { host: HOST })
    const locked = await service.logIn(right, { host: HOST })
    expect(locked.body.type).toBe('not-authenticated/locked-out')
    expect((await (await send('/account/keys', '/account', key))()).status).toBe(200)
  })
})
