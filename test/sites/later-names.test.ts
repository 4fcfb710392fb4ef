import { describe, expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'

let count = 0

async function open(changes = {}) {
  const service = new Service(changes)
  count += 1
  const site = await service.createSite({ subdomain: `site${count}` })
  const login = { username: `boss${count}`, password: 'sessionuserpassword' }
  await service.createUser(site, { username: login.username, siteAdmin: true })
  const { body: session } = await service.logIn(login, { headers: SDK })
  return (method: string, body?: Record<string, unknown>) =>
    service.ask(method, `${API}/site`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      ...(body && { body }),
    })
}

const pairs = [
  ['session_expiry', 2, 'session_expiry_minutes', 120],
  ['session_expiry', 0.55, 'session_expiry_minutes', 33],
  ['allowed_2fa_method_u2f', false, 'allowed_2fa_method_webauthn', false],
] as const

describe('A setting of the site with two names', () => {
  it.each(pairs)(
    'is set and shown under both: %s %j, %s %j',
    async (first, value, later, other) => {
      const ask = await open()
      expect((await ask('PATCH', { [first]: value })).body).toMatchObject({ [later]: other })
      const another = await open()
      expect((await another('PATCH', { [later]: other })).body).toMatchObject({ [first]: value })
    },
  )

  it.each(pairs)(
    'is saved from a whole object in which one of them changed: %s %j',
    async (...pair) => {
      const [first, value, later, other] = pair
      for (const changed of [{ [first]: value }, { [later]: other }]) {
        const ask = await open()
        const { body } = await ask('GET')
        const saved = await ask('PATCH', { ...body, ...changed })
        expect([saved.status, saved.body]).toMatchObject([200, { [first]: value, [later]: other }])
      }
    },
  )

  it('is refused if the two values disagree', async () => {
    const ask = await open()
    const { status, body } = await ask('PATCH', { session_expiry: 2, session_expiry_minutes: 30 })
    expect([status, body.error]).toEqual([400, expect.stringContaining('session_expiry')])
    expect((await ask('GET')).body.session_expiry).toBe(6)
  })
})

describe('password_require_unbreached', () => {
  it('shows whether breached passwords are refused, which an admin cannot change', async () => {
    for (const [url, isChecked] of [
      ['', false],
      ['https://breaches.example/range/', true],
    ] as const) {
      const ask = await open({ BREACH_CHECK_URL: url })
      expect((await ask('GET')).body.password_require_unbreached).toBe(isChecked)
      const same = await ask('PATCH', { password_require_unbreached: isChecked })
      expect(same.status).toBe(200)
      const { status, body } = await ask('PATCH', { password_require_unbreached: !isChecked })
      expect([status, body.error]).toEqual([
        403,
        expect.stringContaining('(password_require_unbreached)'),
      ])
    }
  })
})
