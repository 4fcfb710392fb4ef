import { expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'
import { allRowsOf } from '../support/stores.ts'

const eve = { username: 'eve-of-europe', password: 'sessionuserpassword' }
const email = 'eve@europe.example'
const hosts = ['localhost', 'us-east-1.localhost', 'eu-central-1.localhost', 'europe.localhost']

/** What a user, strangers and an operator do in a day, at every host. */
async function busyDay(service: Service) {
  const operator = operatorOf(service)
  const told = new Set<string>()
  let paired = 0
  for (const host of hosts) {
    const ask = { host, headers: { ...SDK, 'CF-Connecting-IP': '203.0.113.77' } }
    for (const username of [eve.username, email]) {
      for (let nth = 0; nth < 3; nth++)
        await service.logIn({ username, password: `wrong ${host} ${nth}` }, ask)
      const { status, body } = await service.logIn({ ...eve, username }, ask)
      if (status === 201) {
        told.add(String(body.id))
        const auth = { host, headers: { ...SDK, 'X-FilesAPI-Auth': body.id } }
        await service.ask('GET', `${API}/site`, auth)
        await service.ask('POST', `${API}/sessions/token`, auth)
        if (body.login_token) {
          const atHome = { host: 'europe.localhost', headers: SDK }
          const redeemed = await service.logIn({ username: body.login_token }, atHome)
          expect(redeemed.status).toBe(201)
        }
        await service.ask('DELETE', `${API}/sessions`, auth)
      }
    }
    paired += (await pairAnApp(service, host)) ? 1 : 0
    for (const body of [{ username: eve.username }, { email }, { username_or_email: email }])
      await service.ask('POST', `${API}/sessions/forgot`, { host, body })
  }
  const mailed = service.mails.map(({ text }) => text).join()
  const [, code] = [...mailed.matchAll(/code=([0-9a-f]{40})/g)].at(-1) ?? []
  await service.ask('POST', `${API}/sessions/forgot/validate`, { body: { code } })
  const password = 'a quiet lamp by the window'
  const reset = await service.ask('POST', `${API}/sessions/forgot/reset`, {
    body: { code, password },
  })
  expect(reset.status).toBe(204)
  for (let nth = 0; nth < 11; nth++)
    await service.logIn({ ...eve, password: `wrong again ${nth}` }, { host: 'localhost' })
  await operator('POST', '/users/eve-of-europe/unlock')
  await operator('POST', '/users/eve-of-europe/welcome')
  await operator('POST', '/directory/rebuild', { of: 'users' })
  await service.runCron()
  expect(told.size).toBeGreaterThan(2)
  expect(paired).toBe(3)
}

/** What a person does in a browser at this host, while the app polls at every host. */
async function pairAnApp(service: Service, host: string) {
  const key = `${host.replaceAll(/[^a-z]/g, '')}key`
  const from = { 'CF-Connecting-IP': '203.0.113.77' }
  const poll = (at: string) =>
    service.ask('POST', `${API}/sessions/pairing_key/${key}`, { host: at, headers: from })
  for (const at of hosts) expect((await poll(at)).status).toBe(404)
  const cookiesOf = ({ headers }: { headers: Headers }) =>
    headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  const query = `pairing_key=${key}&platform=mac&computer=Eves+own+computer`
  const wish = await service.ask('GET', `/login_from_desktop?${query}`, { host })
  const page = { ...from, Origin: `http://${host}` }
  const session = await service.ask('POST', '/login', { host, headers: page, body: eve })
  if (session.status !== 303) return false
  const Cookie = [...cookiesOf(wish), ...cookiesOf(session)].join('; ')
  const headers = { ...page, Cookie }
  const asked = await service.ask('GET', '/pairing', { host, headers })
  const form = hiddenFields(asked.body, '/pairing/approve')
  const approved = await service.ask('POST', '/pairing/approve', { host, headers, body: form })
  expect(approved.status).toBe(200)
  const { body } = await poll('us-east-1.localhost')
  const made = await service.ask('GET', `${API}/api_key`, {
    host: 'europe.localhost',
    headers: { 'X-FilesAPI-Key': body.password },
  })
  expect(made.body.name).toBe('Eves own computer')
  return true
}

it('Data about the users of a site restricted to one region stays in that region, except the HMAC of a name', async () => {
  const service = new Service()
  await service.createSite()
  const site = await service.createSite({ subdomain: 'europe', optOutGlobal: true }, 'eu-central-1')
  const user = await service.createUser(site, { ...eve, email, emailIsVerified: true })
  await busyDay(service)

  const home = JSON.stringify(await allRowsOf(env.DB_EU_CENTRAL_1))
  const marks = ['eve-of-europe', email, String(user.id), '203.0.113.77']
  for (const mark of marks) expect(home).toContain(mark)

  const elsewhere = await allRowsOf(env.DB_US_EAST_1)
  const directory = await allRowsOf(env.DIRECTORY)
  const kv: Record<string, string | null> = {}
  for (const { name } of (await env.KV.list()).keys) kv[name] = await env.KV.get(name)
  const outside = JSON.stringify({ elsewhere, directory, kv })
  for (const mark of [...marks.slice(0, 3), 'Eves own computer'])
    expect(outside).not.toContain(mark)
  for (const table of [
    'users',
    'sessions',
    'outbox',
    'reset_codes',
    'sent_notices',
    'credential_events',
    'api_keys',
    'pairing_approvals',
  ])
    expect([table, elsewhere[table]]).toEqual([table, []])
  expect(elsewhere.known_addresses).toEqual([])
  expect(Object.keys(kv).filter((key) => !/^(host:site:|pairing)/.test(key))).toEqual([])
  expect(directory.usernames).toHaveLength(3)
})
