import { expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'

it('The SSO page refuses to disable or delete the strategy that the last admin logs in by, and says why', async () => {
  const service = new Service()
  const site = await service.createSite()
  const admin = await service.createUser(site, { username: 'boss', siteAdmin: true })
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const okta = { provider: 'okta', subdomain: 'acme', client_id: 'x', client_secret: 'y' }
  const { body: strategy } = await service.ask('POST', `${API}/sso_strategies`, {
    headers: { ...SDK, 'X-FilesAPI-Auth': session.id },
    body: okta,
  })
  await service.env.DB_US_EAST_1.prepare(
    "UPDATE users SET authentication_method = 'sso', sso_strategy_id = ?",
  )
    .bind(strategy.id)
    .run()
  const host = 'mysite.localhost'
  const headers = {
    Cookie: `__Host-latchkey=${session.id}`,
    Origin: `http://${host}`,
    'Content-Type': 'application/x-www-form-urlencoded',
    'Accept-Language': 'en',
  }
  const post = (path: string, body: string) =>
    service.ask('POST', `/admin/sso/${path}`, { headers, host, body: `id=${strategy.id}${body}` })
  for (const [path, body] of [
    ['turn', '&enabled=false'],
    ['delete', ''],
  ] as const) {
    const reply = await post(path, body)
    expect(reply.status).toBe(422)
    expect(reply.body).toContain('last admin')
    expect(reply.body).toContain('Okta')
  }
  await service.createUser(site, { username: 'other', siteAdmin: true })
  expect((await post('turn', '&enabled=false')).status).toBe(303)
  expect((await post('delete', '')).status).toBe(303)
  expect((await post('delete', '')).status).toBe(303)
})
