import { describe, expect, it, vi } from 'vitest'
import { newSentCode } from '../../src/two-factor/sent-code.ts'
import { env } from '../support/env.ts'
import { interposed } from '../support/interposed-database.ts'
import { withSecondFactors } from '../support/second-factors.ts'
import { API, SDK } from '../support/service.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const ASKS = 'not-authenticated/two-factor-authentication-error'
const WRONG = 'not-authenticated/one-time-password-incorrect'
const GERMAN = '+49 30 901820'

async function withPhone(
  site = {},
  changes: ConstructorParameters<typeof import('../support/service.ts').Service>[0] = {},
) {
  const opened = await withSecondFactors(site, {}, changes)
  const { service, logIn, by, clock } = opened
  const lastCode = () => /^\d{6}/.exec(service.texts.at(-1)?.text ?? '')?.[0] as string
  const addPhone = async (phone_number = GERMAN) => {
    const { body: session } = await logIn()
    const ask = by(session.id)
    const begun = await ask('POST', '/2fa', { method_type: 'sms', name: 'phone', phone_number })
    const done = await ask('PATCH', `/2fa/${begun.body.id}`, { otp: lastCode() })
    clock.advance(MINUTE)
    return { session: session.id as string, begun, done }
  }
  return { ...opened, addPhone, lastCode }
}

describe('A phone as 2FA method', () => {
  it('is verified by a texted code, and shown with its number masked', async () => {
    const { addPhone, service } = await withPhone()
    const { begun, done } = await addPhone()
    expect(begun.body).toMatchObject({
      phone_number: '+4930901820',
      phone_number_country: 'DE',
      setup_complete: false,
      phone_number_national_format: '030 901820',
    })
    expect(service.texts[0]?.to).toBe('+4930901820')
    expect(service.texts[0]?.text).toMatch(/^\d{6} is your code for mysite\.localhost\./)
    expect(done.body).toMatchObject({ setup_complete: true })
    expect(done.body.recovery_codes).toHaveLength(10)
    const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM second_factors').all()
    expect(JSON.stringify(results)).not.toContain(service.texts[0]?.text.slice(0, 6))
  })

  it('gets a code with the first attempt itself, which works once', async () => {
    const { addPhone, service, logIn, lastCode } = await withPhone()
    await addPhone()
    const { body } = await logIn()
    expect(body.type).toBe(ASKS)
    expect(body.data.two_factor_authentication_methods).toEqual(['sms', 'recovery_code'])
    expect(service.texts).toHaveLength(2)
    const otp = lastCode()
    const typed = `${otp.slice(0, 3)}\u00a0\u2013\u00a0${otp.slice(3)}`
    expect((await logIn({ otp: typed })).status).toBe(201)
    expect((await logIn({ otp })).body.type).toBe(WRONG)
  })

  it('gets no other code within a minute, and an SDK that retries gets the same reply', async () => {
    const { addPhone, service, logIn, by, clock } = await withPhone()
    const { session } = await addPhone()
    for (let nth = 0; nth < 4; nth++) expect((await logIn()).body.type).toBe(ASKS)
    expect(service.texts).toHaveLength(2)
    const resend = () => by(session)('POST', '/2fa/send_code')
    expect((await resend()).body.type).toBe(
      'processing-failure/two-factor-authentication-code-already-sent',
    )
    clock.advance(MINUTE)
    expect((await resend()).status).toBe(200)
    expect(service.texts).toHaveLength(3)
  })

  it('gets a code once the set-up of another phone has expired', async () => {
    const { addPhone, service, by, clock } = await withPhone()
    const { session } = await addPhone()
    const other = { method_type: 'sms', name: 'other', phone_number: '+49 30 901821' }
    expect((await by(session)('POST', '/2fa', other)).status).toBe(201)
    clock.advance(10 * MINUTE - 1)
    for (const number of ['+4930901821', '+4930901820']) {
      expect((await by(session)('POST', '/2fa/send_code')).status).toBe(200)
      expect(service.texts.at(-1)?.to).toBe(number)
      clock.advance(1)
    }
  })

  it('gets a new code at once when the last one was used', async () => {
    const { addPhone, service, logIn, lastCode } = await withPhone()
    await addPhone()
    for (const sent of [2, 3]) {
      await logIn()
      expect(service.texts).toHaveLength(sent)
      expect((await logIn({ otp: lastCode() })).status).toBe(201)
    }
  })

  it('has codes valid for 10 minutes and five tries, and a new one voids the last', async () => {
    const { addPhone, logIn, lastCode, clock } = await withPhone({ userLockout: false })
    await addPhone()
    await logIn()
    const first = lastCode()
    clock.advance(MINUTE)
    await logIn()
    expect((await logIn({ otp: first })).body.type).toBe(WRONG)
    for (let nth = 0; nth < 4; nth++) await logIn({ otp: String(100_000 + nth) })
    expect((await logIn({ otp: lastCode() })).body.type).toBe(WRONG)
    clock.advance(MINUTE)
    await logIn()
    clock.advance(10 * MINUTE)
    expect((await logIn({ otp: lastCode() })).body.type).toBe(WRONG)
  })

  it.each([
    ['its tries are used up', 'code_tries = 0'],
    ['another code was sent', "code_digest = 'another'"],
  ])('is not set up by a right code when, during the check, %s', async (_, change) => {
    const { service, logIn, by, lastCode } = await withPhone()
    const ask = by((await logIn()).body.id)
    const phone = { method_type: 'sms', name: 'phone', phone_number: GERMAN }
    const { body } = await ask('POST', '/2fa', phone)
    service.env.DB_US_EAST_1 = interposed(env.DB_US_EAST_1, 'from "second_factors"', (database) =>
      database.prepare(`UPDATE second_factors SET ${change}`).run(),
    )
    const done = await ask('PATCH', `/2fa/${body.id}`, { otp: lastCode() })
    expect(done.body.type).toBe(WRONG)
    expect((await ask('GET', '/2fa')).body).toMatchObject([{ setup_complete: false }])
  })

  it('has a try fewer for each wrong code, and not for one that an SDK repeats within a minute', async () => {
    const { logIn, by, lastCode, clock } = await withPhone()
    const { body: session } = await logIn()
    const number = { method_type: 'sms', name: 'phone', phone_number: GERMAN }
    const { body: factor } = await by(session.id)('POST', '/2fa', number)
    const complete = (otp: string) => by(session.id)('PATCH', `/2fa/${factor.id}`, { otp })
    const triesLeft = () =>
      env.DB_US_EAST_1.prepare('SELECT code_tries FROM second_factors').first('code_tries')
    for (const otp of ['100000', '100000', '100000', '100001', '100000', '100001'])
      expect((await complete(otp)).body.type).toBe(WRONG)
    expect(await triesLeft()).toBe(3)
    clock.advance(MINUTE)
    expect((await complete('100000')).body.type).toBe(WRONG)
    expect(await triesLeft()).toBe(2)
    expect((await complete(lastCode())).status).toBe(200)
    clock.advance(MINUTE)
    await logIn()
    for (const otp of ['100000', '100000', '100001', '100000', '100001']) await logIn({ otp })
    expect(await triesLeft()).toBe(3)
  })

  it('has exactly one winner when one code is used 50 times at once', async () => {
    const { addPhone, logIn, lastCode } = await withPhone({ userLockoutTries: 1_000 })
    await addPhone()
    await logIn()
    const otp = lastCode()
    const answers = await Promise.all(Array.from({ length: 50 }, () => logIn({ otp })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('gets at most ten text messages a day', async () => {
    const { addPhone, service, logIn, clock } = await withPhone()
    await addPhone()
    for (let nth = 0; nth < 15; nth++) {
      expect((await logIn()).body.type).toBe(ASKS)
      clock.advance(MINUTE)
    }
    expect(service.texts).toHaveLength(1 + 10)
    clock.advance(DAY)
    await logIn()
    expect(service.texts).toHaveLength(1 + 11)
  })

  it.each([
    ['that is invalid', '12345', {}],
    ['of an unsupported country', GERMAN, { SMS_COUNTRIES: 'US FR' }],
    ['when the site is over its limit', GERMAN, { SMS_DAILY_LIMIT: '0' }],
  ])(
    'is refused with a number %s, and nothing of it is stored',
    async (_, phone_number, changes) => {
      const { service, logIn, by } = await withPhone({}, changes)
      const { body } = await logIn()
      const refused = await by(body.id)('POST', '/2fa', { method_type: 'sms', phone_number })
      expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([
        422,
        ['phone_number'],
      ])
      expect(service.texts).toEqual([])
      expect((await by(body.id)('GET', '/2fa')).body).toEqual([])
    },
  )

  it('gets no text message at a login when an app is set up', async () => {
    const { service, logIn, addPhone, addApp, by, lastCode } = await withPhone()
    await addPhone()
    await logIn()
    const { body } = await logIn({ otp: lastCode() })
    await addApp(body.id)
    const sent = service.texts.length
    const asked = await logIn()
    expect(asked.body.data.two_factor_authentication_methods).toEqual([
      'sms',
      'totp',
      'recovery_code',
    ])
    expect(service.texts).toHaveLength(sent)
    expect((await by(body.id)('GET', '/2fa')).body).toHaveLength(2)
  })
})

/** Starts to set a phone up without completing it, that many times. */
async function beginPhones(
  { service }: Pick<Awaited<ReturnType<typeof withPhone>>, 'service'>,
  user: object,
  many: number,
  phoneOf: (nth: number) => string = () => GERMAN,
) {
  const { body: session } = await service.logIn({ ...user }, { headers: SDK })
  const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
  const statuses = []
  for (let nth = 0; nth < many; nth++) {
    const body = { method_type: 'sms', phone_number: phoneOf(nth) }
    const begun = await service.ask('POST', `${API}/2fa`, { headers, body })
    statuses.push(begun.status)
    if (begun.status === 201)
      await service.ask('DELETE', `${API}/2fa/${begun.body.id}`, { headers })
  }
  return statuses
}

describe('Text messages to an unverified number', () => {
  const numberOf = (nth: number) => `+49 30 9018${20 + nth}`

  it.each([
    ['another site', 'evil'],
    ['the same site', 'mysite'],
  ])('by %s use up none of its owner’s codes', async (_, subdomain) => {
    const { addPhone, service, home, logIn, lastCode } = await withPhone()
    await addPhone()
    const site = subdomain === 'evil' ? await service.createSite({ subdomain }) : home
    const evil = await service.createUser(site, { username: 'evil' })
    expect((await beginPhones({ service }, evil, 12)).slice(-2)).toEqual([422, 422])
    const before = service.texts.length
    await logIn()
    expect(service.texts).toHaveLength(before + 1)
    expect((await logIn({ otp: lastCode() })).status).toBe(201)
  })

  it('count against the site that requested them: ten a day for one number, however often a set-up restarts', async () => {
    const { service } = await withPhone()
    const evil = await service.createSite({ subdomain: 'evil' })
    const [one, two] = [
      await service.createUser(evil, { username: 'one' }),
      await service.createUser(evil, { username: 'two' }),
    ]
    expect(await beginPhones({ service }, one, 6)).not.toContain(422)
    expect(await beginPhones({ service }, two, 6)).toEqual([201, 201, 201, 201, 422, 422])
    expect(
      await beginPhones({ service }, { username: 'sessionuser', password: one.password }, 1),
    ).toEqual([201])
    service.clock.advance(DAY)
    expect(await beginPhones({ service }, two, 1)).toEqual([201])
  })

  it('are at most half of a site’s daily limit, with the other half for login codes', async () => {
    const { addPhone, service, home, logIn, clock } = await withPhone({}, { SMS_DAILY_LIMIT: '5' })
    await addPhone()
    const evil = await service.createUser(home, { username: 'evil' })
    expect(await beginPhones({ service }, evil, 4, numberOf)).toEqual([201, 201, 422, 422])
    for (let nth = 0; nth < 3; nth++) {
      await logIn()
      clock.advance(MINUTE)
    }
    expect(service.texts.filter(({ to }) => to === '+4930901820')).toHaveLength(1 + 1 + 2)
  })
})

describe('A text message', () => {
  it.each([
    ['the site’s own host', {}, 'mysite.localhost'],
    [
      'its verified domain',
      { domain: 'files.acme.example', domainVerifiedAt: 1 },
      'files.acme.example',
    ],
  ])('names %s, and nothing that a tenant chose', async (_, hosts, host) => {
    const name = 'Your bank, call +1 555 0100'
    const { addPhone, service, logIn } = await withPhone({ name, ...hosts })
    await addPhone()
    for (const locale of ['en', 'de', 'es', 'fr']) {
      service.clock.advance(MINUTE)
      await logIn({ locale })
    }
    expect(service.texts).toHaveLength(5)
    expect(new Set(service.texts.map(({ text }) => text.replace(/^\d+/, ''))).size).toBe(4)
    for (const { text } of service.texts) {
      expect(text).toContain(` ${host}.`)
      expect(text).not.toContain('bank')
    }
  })
})

describe('A six-digit code', () => {
  it('is uniformly distributed', () => {
    const codes = Array.from({ length: 20_000 }, newSentCode)
    const byFirst = Map.groupBy(codes, (code) => code[0])
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true)
    for (const { length } of byFirst.values()) expect(Math.abs(length - 2_000)).toBeLessThan(300)
  })
})

describe('Twilio’s API', () => {
  it('is called as documented, and its refusals are permanent or temporary', async () => {
    const { twilioTexter } = await import('../../src/notifications/twilio.ts')
    const asked: Request[] = []
    let reply = () => new Response('{"sid": "SM1"}', { status: 201 })
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async (...call) => {
      asked.push(new Request(...(call as [Request])))
      return reply()
    })
    const texter = twilioTexter({
      url: new URL('https://sms.example'),
      account: 'AC1',
      token: 'secret',
      from: '+15005550006',
    })
    await texter.send({ to: '+4930901820', text: 'Grüße & 1+1' }, '1')
    const [request] = asked
    expect(request?.url).toBe('https://sms.example/2010-04-01/Accounts/AC1/Messages.json')
    expect(request?.headers.get('Authorization')).toBe(`Basic ${btoa('AC1:secret')}`)
    expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
      To: '+4930901820',
      From: '+15005550006',
      Body: 'Grüße & 1+1',
    })
    reply = () => new Response('{"code": 21211}', { status: 400 })
    const send = () => texter.send({ to: 'x', text: 'y' }, '2')
    await expect(send()).rejects.toThrow('answered 400, code 21211')
    await expect(send()).rejects.toHaveProperty('name', 'GivenUp')
    for (const status of [429, 500]) {
      reply = () => new Response('', { status })
      await expect(send()).rejects.toHaveProperty('name', 'Error')
    }
    fetched.mockRestore()
  })
})
