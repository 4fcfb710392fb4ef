import { describe, expect, it } from 'vitest'
import {
  begin,
  codeFor,
  finish,
  logInBySso,
  type Sso,
  withProvider,
} from '../support/single-sign-on.ts'

const NEEDS = 'not-authorized/reauthentication-needed-action'

async function open(more: Parameters<typeof withProvider>[0] = {}, set = "type_of_2fa = ''") {
  const sso = await withProvider(more)
  const address = { email: 'jane@acme.example', emailIsVerified: true }
  const jane = await sso.service.createUser(sso.site, { username: 'jane', ...address })
  await sso.service.changeUser(jane.id, set)
  const secondsAgo = (seconds: number) => Math.floor(sso.service.clock() / 1_000) - seconds
  return { sso, secondsAgo }
}

/** Makes a change that requires recent authentication. */
async function changeCredentials(sso: Sso, session: string, path = '/api_keys') {
  const sent = path === '/api_keys' ? { name: 'x' } : { name: 'x', method_type: 'totp' }
  const { status, body } = await sso.asAdmin('POST', path, sent, session)
  return status === 201 ? 201 : body.type
}

describe('A login by single sign-on is a recent authentication', () => {
  it('when the provider’s auth_time is recent, not when it is old or missing', async () => {
    const { sso, secondsAgo } = await open()
    const by = async (auth_time: number | null) =>
      changeCredentials(sso, (await logInBySso(sso, { claims: { auth_time } })).body.id)
    expect(await by(secondsAgo(60))).toBe(201)
    expect(await by(secondsAgo(3_600))).toBe(NEEDS)
    expect(await by(null)).toBe(NEEDS)
  })

  it('when the provider’s second factor is as recent as its auth_time', async () => {
    const { sso, secondsAgo } = await open({}, "type_of_2fa = 'totp'")
    const by = async (auth_time: number | null) => {
      const { status, body } = await logInBySso(sso, { claims: { auth_time, amr: ['mfa'] } })
      expect([status, body.two_factor_setup_needed ?? false]).toEqual([201, false])
      return changeCredentials(sso, body.id, '/2fa')
    }
    expect(await by(secondsAgo(0))).toBe(201)
    expect(await by(secondsAgo(3_600))).toBe(NEEDS)
    expect(await by(null)).toBe(NEEDS)
  })

  it('when it includes a one-time code here, whatever the provider’s auth_time', async () => {
    const { sso, secondsAgo } = await open()
    const { body } = await logInBySso(sso)
    const { URI } = await import('otpauth')
    const made = await sso.asAdmin('POST', '/2fa', { method_type: 'totp', name: 'x' }, body.id)
    const app = URI.parse(made.body.totp_provisioning_uri)
    const code = () => app.generate({ timestamp: sso.service.clock() } as never)
    await sso.asAdmin('PATCH', `/2fa/${made.body.id}`, { otp: code() }, body.id)
    sso.service.clock.advance(30_000)
    const order = { claims: { auth_time: secondsAgo(3_600) } }
    const again = await logInBySso(sso, order, { otp: code() })
    expect(await changeCredentials(sso, again.body.id)).toBe(201)
  })
})

describe('A provider asked to reauthenticate the user', () => {
  it.each([
    ['did', 0, 201],
    ['did, with a slightly slow clock', 50, 201],
    ['did not', 90, 'refused'],
    ['sends no auth_time', null, 'refused'],
  ])('that %s: %s seconds before, %s', async (_, before, expected) => {
    const { sso, secondsAgo } = await open()
    const begun = await begin(sso, { again: true })
    const asked = Object.fromEntries(begun.url.searchParams)
    expect(asked).toMatchObject({ max_age: '0', prompt: 'login' })
    expect(begun.state.length).toBeLessThan(500)
    const claims = { auth_time: before === null ? null : secondsAgo(before) }
    sso.service.clock.advance(9 * 60_000)
    const { status, body } = await finish(sso, begun, codeFor(sso, begun, { claims }))
    expect(status === 201 ? 201 : body.data.reason).toBe(expected)
  })

  it('that never sends auth_time counts from the start of that login', async () => {
    const { sso } = await open({ provider: 'google' })
    const by = async (again: boolean) => {
      const begun = await begin(sso, { again })
      const order = { claims: { auth_time: null } }
      return changeCredentials(sso, (await finish(sso, begun, codeFor(sso, begun, order))).body.id)
    }
    expect([await by(false), await by(true)]).toEqual([NEEDS, 201])
  })
})
