import { describe, expect, it } from 'vitest'
import { routes } from '../../src/routes.ts'
import { beat } from '../../src/storage/heartbeat.ts'
import { env } from '../support/env.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { pathWithId } from '../support/path-with-id.ts'
import { API, SDK, Service } from '../support/service.ts'

/** Every route with a session, whatever it does. */
const withSession = routes.filter(({ access }) => /session|user|site-admin/.test(access.name))

/** Values for the required parameters of every route. */
const parameters = {
  id: 1,
  name: 'a name',
  language: 'de',
  key_password: 'x',
  method_type: 'totp',
  otp: 'x',
  phone_number: 'x',
  provider: 'okta',
  username: 'x',
  client_id: 'x',
  client_secret: 'x',
  enabled: true,
  email: 'x@y.example',
  confirmed: true,
  redirect_host: 'mysite.localhost',
  pairing_key: 'a1B2c3D4',
  platform: 'mac',
  computer: 'x',
  networks: '',
  present_password: 'x',
  new_password: 'y',
  new_password_again: 'y',
}

/** Only the required parameters, since some of the others exclude each other. */
function neededBy({ parameters: { shape } }: (typeof routes)[number]) {
  return Object.fromEntries(
    Object.entries(parameters).filter(
      ([name]) => name in shape && !shape[name]?.safeParse(undefined).success,
    ),
  )
}

async function behindAReplica() {
  const lagging = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
  const service = new Service({ DB_US_EAST_1: lagging.binding })
  const site = await service.createSite()
  const user = await service.createUser(site, { siteAdmin: true })
  const ctx = await service.open()
  await beat(ctx.in(site.region).database, service.clock)
  const logIn = async () => (await service.logIn(user, { headers: SDK })).body.id as string
  const ask = async (route: (typeof routes)[number], session: string) => {
    const { status, body, headers } = await service.ask(route.method, pathWithId(route, 1), {
      headers: { ...SDK, 'X-FilesAPI-Auth': session },
      ...(route.method === 'POST' && { body: neededBy(route) }),
    })
    return { status, type: body?.type, location: headers.get('Location') }
  }
  return { service, lagging, logIn, ask }
}

describe.each(withSession.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s with a lagging replica',
  (_, route) => {
    it('accepts a session that the replica has not seen', async () => {
      const { lagging, logIn, ask } = await behindAReplica()
      await lagging.replicate()
      expect((await ask(route, await logIn())).status).not.toBe(401)
    })

    it('refuses a revoked session, at once for changes and within 120 seconds for reads', async () => {
      const { service, lagging, logIn, ask } = await behindAReplica()
      const session = await logIn()
      await lagging.replicate()
      const auth = { headers: { ...SDK, 'X-FilesAPI-Auth': session } }
      await service.ask('DELETE', `${API}/sessions`, auth)
      if (route.method !== 'GET')
        expect((await ask(route, session)).status).toBe(route.returnTo ? 303 : 401)
      service.clock.advance(121_000)
      expect(await ask(route, session)).toEqual(
        route.returnTo
          ? { status: 303, type: undefined, location: expect.stringMatching(/^\/login/) }
          : { status: 401, type: 'not-authenticated/invalid-credentials', location: null },
      )
    })
  },
)

it('Every route with a session is among the tested ones', () => {
  expect(withSession.map(({ method, path }) => `${method} ${path}`)).toContain('GET /site')
  expect(withSession.length).toBeGreaterThan(6)
})
