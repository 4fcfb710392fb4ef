import { describe, expect, it } from 'vitest'
import { operatorOf } from '../support/operator.ts'
import { API, Service } from '../support/service.ts'

const DAY = 86_400_000
const jane = { username: 'jane', site: 'mysite', email: 'jane@example.com' }
const password = 'a quiet lamp by the window'

async function open(site = {}) {
  const service = new Service()
  await service.createSite(site)
  return { service, ask: operatorOf(service) }
}

function codeIn(text = ''): string {
  return /\/reset\?code=([0-9a-f]{40})/.exec(text)?.[1] ?? ''
}

describe('A user created without a password', () => {
  it('is invited by mail to choose one, within 24 hours, once', async () => {
    const { service, ask } = await open()
    const { status, body } = await ask('POST', '/users', jane)
    expect([status, body.password_set_at]).toEqual([201, null])
    expect(service.mails).toHaveLength(1)
    const [mail] = service.mails
    expect([mail?.to, mail?.subject]).toEqual(['jane@example.com', 'Your new account'])
    service.clock.advance(DAY - 1)
    const reset = () =>
      service.ask('POST', `${API}/sessions/forgot/reset`, {
        body: { code: codeIn(mail?.text), password },
      })
    expect([(await reset()).status, (await reset()).status]).toEqual([204, 401])
    expect((await service.logIn({ username: 'jane', password })).status).toBe(201)
  })

  it('can choose one even when the site disables password resets', async () => {
    const { service, ask } = await open({ disablePasswordReset: true, welcomeEmailEnabled: false })
    await ask('POST', '/users', jane)
    const code = codeIn(service.mails[0]?.text)
    const reset = { body: { code, password } }
    expect((await service.ask('POST', `${API}/sessions/forgot/reset`, reset)).status).toBe(204)
  })

  it('can be invited again when the first link was not used', async () => {
    const { service, ask } = await open()
    await ask('POST', '/users', jane)
    service.clock.advance(DAY)
    const late = { body: { code: codeIn(service.mails[0]?.text) } }
    expect((await service.ask('POST', `${API}/sessions/forgot/validate`, late)).status).toBe(401)
    expect((await ask('POST', '/users/jane/welcome')).status).toBe(204)
    const fresh = { body: { code: codeIn(service.mails[1]?.text) } }
    expect((await service.ask('POST', `${API}/sessions/forgot/validate`, fresh)).status).toBe(204)
  })

  it('needs an email address', async () => {
    const { ask } = await open()
    const { status, body } = await ask('POST', '/users', { ...jane, email: undefined })
    expect([status, body.type]).toEqual([400, 'bad-request/request-params-required'])
  })
})

describe('A user created with a password', () => {
  it('gets a welcome mail without a link when the site sends them', async () => {
    const { service, ask } = await open()
    await ask('POST', '/users', { ...jane, password })
    expect(service.mails).toHaveLength(1)
    expect(service.mails[0]?.text).toContain('http://mysite.localhost')
    expect(service.mails[0]?.text).not.toContain('reset')
    expect(service.mails[0]?.text).not.toContain(password)
  })

  it('gets no welcome mail when the site sends none, or without an email address', async () => {
    const { service, ask } = await open({ welcomeEmailEnabled: false })
    await ask('POST', '/users', { ...jane, password })
    await ask('POST', '/users', { ...jane, password, username: 'jo', email: undefined })
    expect(service.mails).toEqual([])
    expect((await ask('POST', '/users/jane/welcome')).status).toBe(204)
    expect(service.mails).toHaveLength(1)
    const { status, body } = await ask('POST', '/users/jo/welcome')
    expect([status, Object.keys(body.model_errors)]).toEqual([422, ['email']])
  })

  it('gets a welcome mail or none as the operator says, whatever the site’s setting', async () => {
    const { service, ask } = await open()
    await ask('POST', '/users', { ...jane, password, welcome: false })
    expect(service.mails).toEqual([])
    await service.env.DB_US_EAST_1.prepare('UPDATE sites SET welcome_email_enabled = 0').run()
    await ask('POST', '/users', { ...jane, username: 'jo', password, welcome: true })
    expect(service.mails).toHaveLength(1)
  })

  it('gets at most three welcome mails an hour', async () => {
    const { service, ask } = await open()
    await ask('POST', '/users', { ...jane, password })
    const statuses = []
    for (let nth = 0; nth < 3; nth++)
      statuses.push((await ask('POST', '/users/jane/welcome')).status)
    expect([statuses, service.mails.length]).toEqual([[204, 204, 429], 3])
  })
})
