import { describe, expect, it } from 'vitest'
import { messagesFor } from '../../src/messages/messages.ts'
import { HASH_COST } from '../../src/passwords/argon2id.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { API, SDK, Service } from '../support/service.ts'

const ASKS = 'not-authenticated/two-factor-authentication-error'
const WRONG = 'not-authenticated/one-time-password-incorrect'
const DEAD = 'not-authenticated/invalid-session'
const MINUTE = 60_000

async function outcomes(): Promise<string[]> {
  const { results } = await env.DB_US_EAST_1.prepare(
    `SELECT outcome FROM ${EVERY_ATTEMPT} ORDER BY created_at, id`,
  ).all<{ outcome: string }>()
  return results.map(({ outcome }) => outcome)
}

async function column(name: string, table: string): Promise<number | undefined> {
  const row = await env.DB_US_EAST_1.prepare(`SELECT ${name} AS value FROM ${table}`).first<{
    value: number
  }>()
  return row?.value
}

function inFullWidth(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 0xfee0)
}

function inDigits(code: string, zero: string): string {
  return code.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero.charCodeAt(0) + Number(digit)))
}

describe('A login of a user with an authenticator app', () => {
  it('asks for a one-time code after the right password, and says how to continue', async () => {
    const { logIn, withApp } = await withSecondFactors()
    await withApp()
    const { status, body } = await logIn()
    expect([status, body.type]).toEqual([401, ASKS])
    expect(body.error).toMatch(/^2FA Authentication error: /)
    expect(body.data.two_factor_authentication_methods).toEqual(['totp', 'recovery_code'])
    expect(body.data.partial_session_id).toMatch(/^[\w.-]+$/)
    expect((await logIn({ password: 'wrong' })).body.type).toBe(
      'not-authenticated/invalid-username-or-password',
    )
  })

  it('accepts username, password and one-time code together, each code once', async () => {
    const { logIn, withApp, by } = await withSecondFactors()
    const { code } = await withApp()
    const otp = code()
    const { status, body } = await logIn({ otp })
    expect(status).toBe(201)
    expect((await by(body.id)('GET', '/site')).status).toBe(200)
    const again = await logIn({ otp })
    expect([again.status, again.body.type]).toEqual([401, WRONG])
  })

  it.each<[string, (code: string) => string]>([
    ['in two halves', (code) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['with a hyphen', (code) => `${code.slice(0, 3)}-${code.slice(3)}`],
    ['with a no-break space', (code) => `${code.slice(0, 3)}\u00a0${code.slice(3)}`],
    ['with a narrow one', (code) => `${code.slice(0, 3)}\u202f${code.slice(3)}`],
    ['with zero-width characters', (code) => `\u200b${code.split('').join('\u2060')}\ufeff`],
    ['with a minus sign and spaces', (code) => ` ${code.slice(0, 2)} \u2212 ${code.slice(2)} `],
    ['in full width', (code) => inDigits(code, '０')],
    ['in Arabic-Indic digits', (code) => inDigits(code, '٠')],
    [
      'in Devanagari, with a dash',
      (code) => `${inDigits(code, '०').slice(0, 3)}–${inDigits(code, '०').slice(3)}`,
    ],
  ])('accepts a code typed %s', async (_, typed) => {
    const { logIn, withApp } = await withSecondFactors()
    const { code } = await withApp()
    expect((await logIn({ otp: typed(code()) })).status).toBe(201)
    expect(await outcomes()).not.toContain('one_time_password_mismatch')
  })

  it('accepts username, code and partial session instead of the password, once', async () => {
    const { logIn, withApp, service, clock } = await withSecondFactors()
    const { code } = await withApp()
    const { partial_session_id } = (await logIn()).body.data
    const finish = (otp: string) =>
      service.logIn({ username: right.username, otp, partial_session_id }, { headers: SDK })
    expect((await finish(code())).status).toBe(201)
    clock.advance(MINUTE)
    const again = await finish(code())
    expect([again.status, again.body.type]).toEqual([401, DEAD])
  })

  it('has exactly one winner when one code is used 50 times at once', async () => {
    const { logIn, withApp } = await withSecondFactors({ userLockoutTries: 1_000 })
    const { code } = await withApp()
    const otp = code()
    const answers = await Promise.all(Array.from({ length: 50 }, () => logIn({ otp })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('counts wrong codes towards the user’s lockout, however many partial sessions there are', async () => {
    const { logIn, withApp } = await withSecondFactors()
    const { code } = await withApp()
    for (let nth = 0; nth < 10; nth++) {
      await logIn()
      expect((await logIn({ otp: String(100_000 + nth) })).body.type).toBe(WRONG)
    }
    expect((await logIn({ otp: code() })).body.type).toBe('not-authenticated/locked-out')
    expect((await outcomes()).filter((one) => one === 'one_time_password_mismatch')).toHaveLength(
      10,
    )
  })

  it('ends a partial session with the fifth wrong code', async () => {
    const { logIn, withApp, service } = await withSecondFactors()
    const { code } = await withApp()
    const { partial_session_id } = (await logIn()).body.data
    const finish = (otp: string) =>
      service.logIn({ username: right.username, otp, partial_session_id }, { headers: SDK })
    for (let nth = 0; nth < 5; nth++)
      expect((await finish(String(100_000 + nth))).body.type).toBe(WRONG)
    expect((await finish(code())).body.type).toBe(DEAD)
    expect((await logIn({ otp: code() })).status).toBe(201)
  })

  it('counts a wrong code once that an SDK repeats within a minute, whatever it counts against', async () => {
    const { logIn, withApp, service, clock } = await withSecondFactors({ userLockoutTries: 100 })
    const { code } = await withApp()
    const { partial_session_id } = (await logIn()).body.data
    const finish = (otp: string) =>
      service.logIn({ username: right.username, otp, partial_session_id }, { headers: SDK })
    for (let nth = 0; nth < 12; nth++)
      expect((await finish(String(100_000 + (nth >> 2)))).body.type).toBe(WRONG)
    for (let nth = 0; nth < 3; nth++) await logIn({ otp: '111111' })
    await service.runCron()
    const { wrongCodesSubject } = messagesFor('en').emails
    expect(service.mails.filter(({ subject }) => subject === wrongCodesSubject)).toHaveLength(1)
    expect(await column('failures', 'partial_sessions')).toBe(3)
    expect(await column('wrong_codes', 'users')).toBe(4)
    clock.advance(MINUTE)
    await finish('100000')
    expect(await column('failures', 'partial_sessions')).toBe(4)
    expect((await finish(code())).status).toBe(201)
  })

  it('binds a partial session to its user, host and password, and to 10 minutes', async () => {
    const { logIn, withApp, service, home, clock } = await withSecondFactors()
    const { code } = await withApp()
    await service.createUser(home, { username: 'other' })
    const { partial_session_id } = (await logIn()).body.data
    const finish = (ask = {}, more = {}) =>
      service.logIn(
        { username: right.username, otp: code(), partial_session_id, ...more },
        { headers: SDK, ...ask },
      )
    expect((await finish({ host: 'mysite.localhost' })).body.type).toBe(DEAD)
    expect((await finish({}, { username: 'other' })).body.type).toBe(
      'not-authenticated/invalid-username-or-password',
    )
    expect((await finish({}, { partial_session_id: 'x.y.z' })).body.type).toBe(DEAD)
    clock.advance(10 * MINUTE)
    expect((await finish()).body.type).toBe(DEAD)
  })

  it('stores no unverified password when a partial session replaces the right one', async () => {
    const { logIn, withApp, clock } = await withSecondFactors()
    const { code } = await withApp()
    const { partial_session_id } = (await logIn()).body.data
    const withHigherCost = new Service({}, clock, HASH_COST)
    const wrong = { ...right, password: 'wrong' }
    const sent = { ...wrong, otp: code(), partial_session_id }
    expect((await withHigherCost.logIn(sent, { headers: SDK })).status).toBe(201)
    expect((await logIn(wrong)).body.type).toBe('not-authenticated/invalid-username-or-password')
    expect((await logIn()).body.type).toBe(ASKS)
  })

  it('returns no new partial session for an old one, which has 10 minutes and 5 codes in all', async () => {
    const { logIn, withApp, service, clock } = await withSecondFactors({ userLockoutTries: 100 })
    const { code } = await withApp()
    const { partial_session_id } = (await logIn()).body.data
    const go = (more = {}) =>
      service.logIn({ username: right.username, partial_session_id, ...more }, { headers: SDK })
    clock.advance(9 * MINUTE)
    const asked = await go()
    expect([asked.body.type, asked.body.data.partial_session_id]).toEqual([
      ASKS,
      partial_session_id,
    ])
    for (let nth = 0; nth < 4; nth++) await go({ otp: String(100_000 + nth) })
    expect((await go()).body.type).toBe(ASKS)
    await go({ otp: '100004' })
    expect((await go()).body.type).toBe(DEAD)
    const another = (await logIn()).body.data.partial_session_id
    clock.advance(9 * MINUTE)
    await go({ partial_session_id: another })
    clock.advance(MINUTE)
    const late = await go({ partial_session_id: another, otp: code() })
    expect(late.body.type).toBe(DEAD)
  })

  it('starts no session with a partial session alone', async () => {
    const { logIn, withApp, service } = await withSecondFactors()
    await withApp()
    const { partial_session_id } = (await logIn()).body.data
    const { status, body } = await service.logIn({ username: right.username, partial_session_id })
    expect([status, body.type]).toEqual([401, ASKS])
  })

  it('asks for 2FA before it reveals that the password must be changed', async () => {
    const { logIn, withApp } = await withSecondFactors({}, {})
    const { code } = await withApp()
    await env.DB_US_EAST_1.prepare('UPDATE users SET require_password_change = 1').run()
    expect((await logIn()).body.type).toBe(ASKS)
    const otp = code()
    expect((await logIn({ otp })).body.type).toBe('not-authorized/password-change-required')
    const change_password = 'a quiet lamp by the window'
    expect((await logIn({ change_password })).body.type).toBe(ASKS)
    expect((await logIn({ otp, change_password })).status).toBe(201)
  })

  it('succeeds, once, when the connection is lost after the commit', async () => {
    const database = new FaultyDatabase(env.DB_US_EAST_1)
    const { logIn, withApp, by } = await withSecondFactors(
      {},
      {},
      {
        DB_US_EAST_1: database.binding,
      },
    )
    const { code } = await withApp()
    database.losesNextBatch = true
    const { status, body } = await logIn({ otp: code() })
    expect(status).toBe(201)
    expect((await by(body.id)('GET', '/site')).status).toBe(200)
  })

  it('asks no API key for a code, and API keys cannot read 2FA methods', async () => {
    const { withApp, by, service } = await withSecondFactors()
    const { session } = await withApp()
    const made = await by(session)('POST', '/api_keys', { name: 'sync' })
    expect(made.status).toBe(201)
    const headers = { 'X-FilesAPI-Key': made.body.key }
    expect((await service.ask('GET', `${API}/site`, { headers })).status).toBe(200)
    expect((await service.ask('GET', `${API}/2fa`, { headers })).body.type).toBe(
      'not-authorized/self-managed-required',
    )
  })
})

describe('A recovery code', () => {
  it.each<[string, (code: string) => string]>([
    ['in lower case, without dashes', (code) => code.toLowerCase().replaceAll('-', '')],
    ['with long dashes', (code) => code.replaceAll('-', '\u2014')],
    ['with non-breaking hyphens', (code) => code.replaceAll('-', '\u2011')],
    ['with spaces of every kind', (code) => ` ${code.replaceAll('-', '\u3000\u202f')}\u200b`],
    ['in full width', (code) => code.replaceAll(/[0-9A-Z-]/g, inFullWidth)],
  ])('is accepted as typed: %s', async (_, typed) => {
    const { logIn, withApp } = await withSecondFactors()
    const { recoveryCodes } = await withApp()
    expect((await logIn({ otp: typed(recoveryCodes[0] ?? '') })).status).toBe(201)
    expect(await outcomes()).not.toContain('one_time_password_mismatch')
  })

  it('replaces the one-time code, once, in any spelling', async () => {
    const { logIn, withApp } = await withSecondFactors()
    const { recoveryCodes } = await withApp()
    expect(recoveryCodes).toHaveLength(10)
    const [first = '', second = ''] = recoveryCodes
    expect(first).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/)
    expect((await logIn({ otp: first })).status).toBe(201)
    expect((await logIn({ otp: first })).body.type).toBe(WRONG)
    expect((await logIn({ otp: second.toLowerCase().replaceAll('-', ' ') })).status).toBe(201)
  })

  it('has exactly one winner when it is used 50 times at once', async () => {
    const { logIn, withApp } = await withSecondFactors({ userLockoutTries: 1_000 })
    const { recoveryCodes } = await withApp()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => logIn({ otp: recoveryCodes[0] })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('is void once new ones are created, is not stored in plain, and works for its own user only', async () => {
    const { logIn, withApp, by, service, home, addApp } = await withSecondFactors()
    const { session, recoveryCodes, code } = await withApp()
    const other = await service.createUser(home, { username: 'other' })
    const { body } = await service.logIn(other, { headers: SDK })
    await addApp(body.id)
    expect((await service.logIn({ ...other, otp: recoveryCodes[0] })).body.type).toBe(WRONG)
    const proof = { 'X-Files-Reauthentication': `code:${code()}` }
    const renewed = await by(session)('POST', '/2fa/recovery_codes', undefined, proof)
    expect(renewed.body.recovery_codes).toHaveLength(10)
    expect((await logIn({ otp: recoveryCodes[1] })).body.type).toBe(WRONG)
    expect((await logIn({ otp: renewed.body.recovery_codes[0] })).status).toBe(201)
    const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM recovery_codes').all()
    expect(JSON.stringify(results)).not.toContain(renewed.body.recovery_codes[1])
  })
})

describe('A password reset of a user with 2FA', () => {
  const password = 'a quiet lamp by the window'

  async function withCode() {
    const opened = await withSecondFactors()
    const app = await opened.withApp()
    const { service } = opened
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: right.username } })
    const code = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '')?.[1]
    const reset = (more: Record<string, unknown> = {}) =>
      service.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password, ...more } })
    return { ...opened, app, reset }
  }

  it('asks for a one-time code, and a wrong one does not consume the reset code', async () => {
    const { app, reset, logIn } = await withCode()
    const asked = await reset()
    expect([asked.status, asked.body.type]).toEqual([401, ASKS])
    expect(asked.body.data).not.toHaveProperty('partial_session_id')
    expect((await reset({ otp: '000000' })).body.type).toBe(WRONG)
    expect((await reset({ otp: app.code(), password: 'short' })).status).toBe(422)
    expect((await reset({ otp: app.code() })).status).toBe(204)
    expect((await reset({ otp: app.code() })).body.type).toBe(
      'not-authenticated/invalid-or-expired-code',
    )
    expect((await logIn({ password })).body.type).toBe(ASKS)
  })

  it('ends with the fifth wrong code, and wrong codes count as failed attempts', async () => {
    const { app, reset } = await withCode()
    for (let nth = 0; nth < 5; nth++)
      expect((await reset({ otp: String(100_000 + nth) })).body.type).toBe(WRONG)
    expect((await reset({ otp: app.code() })).body.type).toBe(
      'not-authenticated/invalid-or-expired-code',
    )
    expect((await outcomes()).filter((one) => one === 'one_time_password_mismatch')).toHaveLength(5)
  })

  it('ends with no wrong code that an SDK repeats within a minute', async () => {
    const { app, reset } = await withCode()
    for (let nth = 0; nth < 6; nth++) expect((await reset({ otp: '100000' })).body.type).toBe(WRONG)
    expect((await reset({ otp: app.code() })).status).toBe(204)
  })

  it('keeps the one-time code valid when the reset code is consumed at the same moment', async () => {
    const { app, reset } = await withCode()
    const otp = app.code()
    const answers = await Promise.all(Array.from({ length: 20 }, () => reset({ otp })))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
  })
})
