import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

const address = 'jane@acme.example'
const password = 'a quiet lamp by the window'
const next = 'a louder lamp by the door'
const onSite = { host: 'mysite.localhost' }

/** A site whose admin creates users by API, as the SDKs do: nobody has verified their email addresses. */
async function open() {
  const service = new Service()
  const site = await service.createSite({ welcomeEmailEnabled: false })
  const admin = await service.createUser(site, { username: 'boss', siteAdmin: true })
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const ask = (method: string, path: string, body?: Record<string, unknown>) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
      ...(body && { body }),
    })
  const make = async (more: Record<string, unknown> = {}) =>
    (await ask('POST', '/users', { username: 'jane', email: address, password, ...more })).body
  const codeFrom = () => /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '')?.[1] ?? ''
  const codeFor = async (username: string) => {
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username }, ...onSite })
    return codeFrom()
  }
  const reset = async (code: string, more: Record<string, unknown> = {}) =>
    (
      await service.ask('POST', `${API}/sessions/forgot/reset`, {
        body: { code, password: next, ...more },
      })
    ).status
  const logInByAddress = async (username = address) =>
    (await service.logIn({ username, password: next }, onSite)).status
  return { service, site, ask, make, codeFor, codeFrom, reset, logInByAddress }
}

async function verifiedKeys() {
  const { results } = await env.DB_US_EAST_1.prepare(
    "SELECT verified_email_key AS one FROM users WHERE username <> 'boss' ORDER BY id",
  ).all()
  return results.map(({ one }) => one)
}

describe('A password set by a mailed code', () => {
  it('verifies the email address that the code was mailed to', async () => {
    const { make, codeFor, reset, logInByAddress, service } = await open()
    await make()
    const asked = { username: address, password }
    expect((await service.logIn(asked, onSite)).status).toBe(401)
    expect(await reset(await codeFor('jane'))).toBe(204)
    expect(await logInByAddress()).toBe(201)
    expect(await logInByAddress('JANE@acme.EXAMPLE')).toBe(201)
    const { results } = await env.DB_US_EAST_1.prepare(
      "SELECT actor FROM credential_events WHERE event = 'password_reset'",
    ).all()
    expect(results).toEqual([{ actor: 'code' }])
  })

  it('verifies the email address by an invitation, too', async () => {
    const { make, codeFrom, reset, logInByAddress } = await open()
    await make({ password: undefined })
    expect(await reset(codeFrom())).toBe(204)
    expect(await logInByAddress()).toBe(201)
  })

  it('ends a lockout of the email address, too, which then works as a login name', async () => {
    const { make, codeFor, reset, logInByAddress, service } = await open()
    await make()
    for (let nth = 0; nth < 10; nth++)
      await service.logIn({ username: address, password: `wrong ${nth}` }, onSite)
    const { body } = await service.logIn({ username: address, password }, onSite)
    expect(body.type).toBe('not-authenticated/locked-out')
    expect(await reset(await codeFor('jane'))).toBe(204)
    expect(await logInByAddress()).toBe(201)
  })

  it('does not verify the address when the link is only opened or the password refused', async () => {
    const { make, codeFor, service, reset } = await open()
    await make()
    const code = await codeFor('jane')
    for (const host of ['mysite.localhost', 'localhost'])
      expect((await service.ask('GET', `/reset?code=${code}`, { host })).status).toBe(303)
    expect((await service.ask('HEAD', `/reset?code=${code}`, onSite)).status).toBeLessThan(500)
    const validated = await service.ask('POST', `${API}/sessions/forgot/validate`, {
      body: { code },
    })
    expect(validated.status).toBe(204)
    expect(await reset(code, { password: 'x' })).toBe(422)
    expect(await verifiedKeys()).toEqual([null])
    expect(await reset(code)).toBe(204)
    expect(await verifiedKeys()).toEqual([address])
  })

  it('verifies no other email address that the user got meanwhile', async () => {
    const { make, codeFor, ask, reset } = await open()
    const jane = await make()
    const code = await codeFor('jane')
    await ask('PATCH', `/users/${jane.id}`, { email: 'somebody@else.example' })
    expect(await reset(code)).toBe(401)
    expect(await verifiedKeys()).toEqual([null])
    const second = await codeFor('jane')
    await env.DB_US_EAST_1.prepare(
      "UPDATE users SET email = 'x@y.example', email_key = 'x@y.example' WHERE username = 'jane'",
    ).run()
    expect(await reset(second)).toBe(204)
    expect(await verifiedKeys()).toEqual([null])
  })

  it('verifies the email address while KV does not have the code', async () => {
    const { make, codeFor, reset, service } = await open()
    await make()
    const code = await codeFor('jane')
    for (const { name } of (await service.env.KV.list({ prefix: 'reset:' })).keys)
      await service.env.KV.delete(name)
    expect(await reset(code)).toBe(204)
    expect(await verifiedKeys()).toEqual([address])
  })

  it('verifies each user’s own email address when one mail has links for several', async () => {
    const { make, service, reset } = await open()
    for (const username of ['jane', 'jane-too']) await make({ username })
    await service.ask('POST', `${API}/sessions/forgot`, { body: { email: address }, ...onSite })
    const codes = [...(service.mails.at(-1)?.text ?? '').matchAll(/code=([0-9a-f]{40})/g)]
    expect(codes).toHaveLength(2)
    expect(await reset(codes[0]?.[1] ?? '')).toBe(204)
    expect((await verifiedKeys()).filter((key) => key !== null)).toEqual([address])
  })

  it('stores no email address in KV', async () => {
    const { make, codeFor, service } = await open()
    await make()
    await codeFor('jane')
    const { keys } = await service.env.KV.list({ prefix: 'reset:' })
    expect(keys).toHaveLength(1)
    expect(await service.env.KV.get(keys[0]?.name ?? '')).not.toContain('acme')
  })

  it('does not verify an email address that an admin has changed since', async () => {
    const { make, codeFor, ask, reset, logInByAddress } = await open()
    const jane = await make()
    expect(await reset(await codeFor('jane'))).toBe(204)
    await ask('PATCH', `/users/${jane.id}`, { email: 'victim@bank.example' })
    expect(await verifiedKeys()).toEqual([null])
    expect(await logInByAddress('victim@bank.example')).toBe(401)
  })
})

describe('A password set in another way', () => {
  it.each([
    [
      'by an admin',
      (ask: Awaited<ReturnType<typeof open>>['ask'], id: number) =>
        ask('PATCH', `/users/${id}`, {
          change_password: next,
          change_password_confirmation: next,
        }),
    ],
  ])('%s does not verify the email address', async (_, set) => {
    const { make, ask } = await open()
    const jane = await make()
    expect((await set(ask, jane.id)).status).toBe(200)
    expect(await verifiedKeys()).toEqual([null])
  })

  it('by the user at a login does not verify the email address', async () => {
    const { make, service } = await open()
    await make({ require_password_change: true })
    const change = { change_password: next, change_password_confirmation: next }
    const { status } = await service.logIn({ username: 'jane', password, ...change })
    expect(status).toBe(201)
    expect(await verifiedKeys()).toEqual([null])
  })
})
