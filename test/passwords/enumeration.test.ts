import { describe, expect, it, vi } from 'vitest'
import { PasswordHasher } from '../../src/passwords/password-hasher.ts'
import { type Answer, API, type Ask, Service } from '../support/service.ts'

const onSite = { host: 'mysite.localhost' }

/** One user for each state that must stay hidden, and a name without a user. */
const names = ['sessionuser', 'nobody', 'off', 'sso', 'locked', 'addressless']

async function serviceWithUsers() {
  const service = new Service()
  const site = await service.createSite()
  const email = 'jo@example.com'
  await service.createUser(site, { email })
  await service.createUser(site, { username: 'off', email, disabled: true })
  await service.createUser(site, { username: 'sso', email, authenticationMethod: 'sso' })
  await service.createUser(site, { username: 'locked', email })
  await service.createUser(site, { username: 'addressless' })
  for (const ask of [{}, onSite])
    for (let nth = 0; nth < 10; nth++)
      await service.logIn({ username: 'locked', password: `wrong ${nth}` }, ask)
  return service
}

/** What a client sees of a reply, and the work behind it. */
function seenOf({ status, body, headers, trips }: Answer, hashes: number): unknown {
  return {
    status,
    body: typeof body === 'object' ? { ...body, instance: '' } : body,
    headers: [...headers.keys()],
    trips: trips.map((trip) => trip.replace(/us-east-1|eu-central-1/, 'region')),
    hashes,
  }
}

async function askAboutEach(ask: (name: string) => Promise<Answer>): Promise<unknown[]> {
  const hashing = (['hash', 'verify'] as const).map((name) =>
    vi.spyOn(PasswordHasher.prototype, name),
  )
  const seen = []
  for (const name of names) {
    for (const each of hashing) each.mockClear()
    const answer = await ask(name)
    seen.push(
      seenOf(
        answer,
        hashing.reduce((sum, { mock }) => sum + mock.calls.length, 0),
      ),
    )
  }
  return seen
}

describe.each([
  ['the site’s host', onSite],
  ['the global host', {}],
])('At %s, known, unknown, disabled and locked-out users', (_, host: Ask) => {
  it.each([['username'], ['username_or_email']])(
    'cannot be told apart by a reset request by %s',
    async (by) => {
      const service = await serviceWithUsers()
      const seen = await askAboutEach((name) =>
        service.ask('POST', `${API}/sessions/forgot`, { ...host, body: { [by]: name } }),
      )
      expect(seen[0]).toMatchObject({ status: 204, hashes: 0 })
      for (const other of seen) expect(other).toEqual(seen[0])
      expect(service.mails).toHaveLength(2)
    },
  )

  it('cannot be told apart by a reset request on the page', async () => {
    const service = await serviceWithUsers()
    const seen = await askAboutEach((name) =>
      service.ask('POST', '/forgot', {
        ...host,
        body: String(new URLSearchParams({ username_or_email: name })),
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'Sec-Fetch-Site': 'same-origin',
        },
      }),
    )
    expect(seen[0]).toMatchObject({ status: 200, hashes: 0 })
    for (const other of seen) expect(other).toEqual(seen[0])
  })
})
