import { type TOTP, URI } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { API } from './support/latchkey.ts'
import type { OwnSite } from './support/own-site.ts'
import { type Answer, TwinWorkers } from './support/twin-workers.ts'

const MANY = 50
/** Some times what locks a user. */
const GUESSES = 60
/** Each attempt is refused once at most, and the name is locked out after ten. */
const OLD_LOGINS = 8

let twins: TwinWorkers
let site: OwnSite

beforeAll(async () => {
  twins = await TwinWorkers.start()
})
afterAll(() => twins?.stop())
beforeEach(async () => {
  site = await twins.begin()
})

describe('Two Workers on one database, called at the same time', () => {
  it('redeem a login token once', async () => {
    const { body: parent } = await logIn(site.user.password)
    const redeem = { body: { username: parent.login_token }, onSite: true }
    const answers = await twins.askMany(MANY, () => twins.ask('POST', `${API}/sessions`, redeem))
    expect(statuses(answers)).toEqual({ 201: 1, 401: MANY - 1 })
  })

  it('log a session out once', async () => {
    const { token } = (await logIn(site.user.password)).body
    const answers = await twins.askMany(MANY, () =>
      twins.ask('DELETE', `${API}/sessions`, { token }),
    )
    expect(statuses(answers)).toEqual({ 204: 1, 401: MANY - 1 })
    expect(await statusOfSite(token)).toBe(401)
  })

  it('accept a one-time code of an app, and a recovery code, once', async () => {
    const { username, password } = site.admin
    const admin = { username, password }
    const { token } = (await twins.ask('POST', `${API}/sessions`, { body: admin })).body
    const method = { method_type: 'totp', name: 'phone' }
    const { body: factor } = await twins.ask('POST', `${API}/2fa`, { token, body: method })
    const app = URI.parse(factor.totp_provisioning_uri) as TOTP
    const now = Date.now()
    const body = { otp: app.generate({ timestamp: now }) }
    const done = await twins.ask('PATCH', `${API}/2fa/${factor.id}`, { token, body })
    const [recoveryCode] = done.body.recovery_codes
    for (const otp of [app.generate({ timestamp: now + 30_000 }), recoveryCode]) {
      const sent = { body: { ...admin, otp } }
      const answers = await twins.askMany(MANY, () => twins.ask('POST', `${API}/sessions`, sent))
      expect(statuses(answers)).toEqual({ 201: 1, 401: MANY - 1 })
    }
  })

  it('give the key of a paired app to one of many polls at the moment of the approval', async () => {
    const key = 'a1B2c3D4'
    const headers = { 'CF-Connecting-IP': '10.1.0.1' }
    const poll = () => twins.ask('POST', `${API}/sessions/pairing_key/${key}`, { headers })
    expect((await poll()).status).toBe(404)
    const approve = await approvalOf(key)
    let isApproved = false
    const polls: Answer[] = []
    const [approved] = await twins.askMany(MANY + 1, async (nth) => {
      if (nth === 0) return approve().finally(() => (isApproved = true))
      return untilSo(poll, polls, () => isApproved)
    })
    expect(approved?.status).toBe(200)
    polls.push(...(await Promise.all([poll(), poll(), poll()])))
    expect(statuses(polls)).toEqual({ 201: 1, 404: polls.length - 1 })
    expect(
      await rows(`SELECT count(*) AS keys FROM api_keys JOIN users ON users.id = user_id
        WHERE username = '${site.user.username}'`),
    ).toEqual([{ keys: 1 }])
  })

  it('accept one of many passwords that come with the same reset code, and that one logs in', async () => {
    const code = await mailedCode()
    const passwords = Array.from({ length: MANY }, (_, nth) => `the ${nth}th of many lamps`)
    const answers = await twins.askMany(MANY, (nth) => reset(code, passwords[nth] as string))
    expect(statuses(answers)).toEqual({ 204: 1, 401: MANY - 1 })
    const lost = answers.filter(({ status }) => status === 401)
    expect(new Set(lost.map(({ body }) => body.type))).toEqual(
      new Set(['not-authenticated/invalid-or-expired-code']),
    )
    const winner = answers.findIndex(({ status }) => status === 204)
    const tried = [winner, (winner + 1) % MANY, (winner + MANY - 1) % MANY]
    const logins = tried.map((nth) => logIn(passwords[nth] as string))
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual([201, 401, 401])
  })

  it('leave no session of the old password behind a reset', async () => {
    const code = await mailedCode()
    const next = 'a quiet lamp by the window'
    const old = site.user.password
    const oneIsIn = Promise.withResolvers<void>()
    let isReset = false
    const logins: Answer[] = []
    const logInOnce = () => logIn(old).finally(oneIsIn.resolve)
    const [done] = await twins.askMany(OLD_LOGINS + 1, async (nth) => {
      if (nth > 0) return untilSo(logInOnce, logins, ({ status }) => isReset || status !== 201)
      await oneIsIn.promise
      return reset(code, next).finally(() => (isReset = true))
    })
    expect(done?.status).toBe(204)
    const begun = logins.filter(({ status }) => status === 201)
    expect(begun.length).toBeGreaterThan(0)
    for (const { body } of begun) expect(await statusOfSite(body.token)).toBe(401)
    expect((await logIn(old)).status).toBe(401)
    expect((await logIn(next)).status).toBe(201)
  })

  it('count every one of 60 failed attempts, or refuse it because the name is locked out', async () => {
    const before = await recorded()
    const known = (await counters()).map(({ name }) => name)
    const answers = await twins.askMany(GUESSES, (nth) => logIn(`wrong guess ${nth}`))
    expect(statuses(answers)).toEqual({ 401: GUESSES })
    const after = await recorded()
    const judged = after.password_mismatch - before.password_mismatch
    expect(judged + after.locked_out - before.locked_out).toBe(GUESSES)
    expect(judged).toBeGreaterThanOrEqual(10)
    const counted = (await counters()).filter(({ name }) => !known.includes(name))
    expect(Math.max(...counted.map(({ failures }) => failures))).toBe(judged)
    const { status, body } = await logIn(site.user.password)
    expect([status, body.type]).toEqual([401, 'not-authenticated/locked-out'])
  })

  it.each([
    ['passwords', (nth: number) => `password:wrong guess ${nth}`],
    ['codes', (nth: number) => `code:${100_000 + nth * 7}`],
  ])(
    'check ten of 60 wrong %s sent to reauthenticate, and accept no right one among them',
    async (kind, guess) => {
      const { user, right } = await withStaleSession(kind)
      const prove = (proof: string) =>
        twins.ask('POST', `${API}/api_keys`, {
          token: user.token,
          body: { name: 'x' },
          headers: { 'X-Files-Reauthentication': proof },
        })
      const oneIsLimited = Promise.withResolvers<void>()
      let judged = 0
      const answers = await twins.askMany(GUESSES + 1, async (nth) => {
        if (nth === GUESSES) return oneIsLimited.promise.then(() => prove(right()))
        const answer = await prove(guess(nth))
        if (answer.status === 429 || ++judged === GUESSES) oneIsLimited.resolve()
        return answer
      })
      expect(statuses(answers)).toEqual({ 403: 10, 429: GUESSES - 9 })
      expect(answers.at(-1)?.body.type).toBe('rate-limited/reauthentication-rate-limited')
      expect((await prove(right())).status).toBe(429)
      const made = `SELECT count(*) AS keys FROM api_keys WHERE user_id = ${user.id}`
      expect(await rows(made)).toEqual([{ keys: 0 }])
    },
  )
})

/** Repeats a call at least once until the condition holds; returns the last reply. */
async function untilSo(
  ask: () => Promise<Answer>,
  answers: Answer[],
  isSo: (last: Answer) => boolean,
): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    answers.push(answer)
    if (isSo(answer)) return answer
  }
}

/** A separate user with an app, whose session needs reauthentication, and the credential that is right. */
async function withStaleSession(kind: string) {
  const username = `guessed-by-${kind}`
  const secret = 'a quiet lamp by the window'
  const operator = { headers: { Authorization: `Bearer ${twins.operatorToken}` } }
  const made = await twins.ask('POST', '/operator/v1/users', {
    ...operator,
    body: { username, site: site.subdomain, password: secret },
  })
  expect(made.status).toBe(201)
  const database = await twins.database()
  await database
    .prepare('UPDATE users SET require_password_change = 0 WHERE id = ?')
    .bind(made.body.id)
    .run()
  const login = { username, password: secret }
  const { token } = (await twins.ask('POST', `${API}/sessions`, { body: login })).body
  const { body: factor } = await twins.ask('POST', `${API}/2fa`, {
    token,
    body: { method_type: 'totp', name: 'phone' },
  })
  const app = URI.parse(factor.totp_provisioning_uri) as TOTP
  const body = { otp: app.generate() }
  await twins.ask('PATCH', `${API}/2fa/${factor.id}`, { token, body })
  await database
    .prepare(
      'UPDATE keyed_sessions SET authenticated_at = 0, second_factor_at = 0 WHERE user_id = ?',
    )
    .bind(made.body.id)
    .run()
  const code = () => `code:${app.generate({ timestamp: Date.now() + 30_000 })}`
  return {
    user: { id: made.body.id as number, token: token as string },
    right: kind === 'codes' ? code : () => `password:${secret}`,
  }
}

/** How many attempts the login history has with this outcome. */
async function recorded(): Promise<{ password_mismatch: number; locked_out: number }> {
  const outcomes = await rows<{ outcome: string }>(`SELECT outcome FROM ${EVERY_ATTEMPT}`)
  const count = (name: string) => outcomes.filter(({ outcome }) => outcome === name).length
  return { password_mismatch: count('password_mismatch'), locked_out: count('locked_out') }
}

function counters(): Promise<{ name: string; failures: number }[]> {
  return rows('SELECT name_digest AS name, failures FROM login_failures')
}

async function rows<Row>(sql: string): Promise<Row[]> {
  return (await (await twins.database()).prepare(sql).all<Row>()).results
}

function logIn(secret: string): Promise<Answer> {
  const body = { username: site.user.username, password: secret }
  return twins.ask('POST', `${API}/sessions`, { body })
}

function reset(code: string, secret: string): Promise<Answer> {
  return twins.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password: secret } })
}

/** What the button on the approval page does for a user who has just logged in. */
async function approvalOf(key: string): Promise<() => Promise<Answer>> {
  const onSite = { onSite: true, headers: { Origin: twins.siteOrigin } }
  const cookieOf = ({ headers }: Answer) => headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const query = new URLSearchParams({ pairing_key: key, platform: 'mac', computer: 'x' })
  const wish = await twins.ask('GET', `/login_from_desktop?${query}`, { onSite: true })
  const form = await twins.ask('GET', '/login', onSite)
  const Cookie = cookieOf(form)
  const { username, password } = site.user
  const login = { ...hiddenFields(form.body, '/login'), username, password }
  const logIn = { ...onSite, headers: { ...onSite.headers, Cookie }, body: login }
  const session = await twins.ask('POST', '/login', logIn)
  const headers = { ...onSite.headers, Cookie: `${cookieOf(wish)}; ${cookieOf(session)}` }
  const page = await twins.ask('GET', '/pairing', { ...onSite, headers })
  const body = { ...hiddenFields(page.body, '/pairing/approve'), sure: true }
  return () => twins.ask('POST', '/pairing/approve', { ...onSite, headers, body })
}

async function statusOfSite(token: string): Promise<number> {
  return (await twins.ask('GET', `${API}/site`, { token })).status
}

/** Requests a reset; returns the mailed code. */
async function mailedCode(): Promise<string> {
  const { username, email } = site.user
  const mail = async () => {
    const sent = (await twins.ask('GET', '/outbox.json')).body as { to: string; text: string }[]
    return sent.find(({ to }) => to === email)?.text ?? ''
  }
  await twins.ask('POST', `${API}/sessions/forgot`, { body: { username } })
  await expect.poll(mail).toMatch(/code=/)
  return /code=([0-9a-f]{40})/.exec(await mail())?.[1] ?? ''
}

/** How many replies there were of each status. */
function statuses(answers: Answer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
