import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { operatorOf, readPages } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'

/** A shared account, whose password need not be changed at the first login. */
const jo = {
  username: 'Jo',
  site: 'mysite',
  password: 'correct horse battery',
  self_managed: false,
}
/** {SSHA} of 'pässwörd 🔑' */
const ssha = '{SSHA}3Dro23UNLB4baRpWKiuTOJYmx5B8Twlh'

async function open() {
  const service = new Service()
  await service.createSite()
  await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
  return { service, ask: operatorOf(service) }
}

/** A user in either region, logged in. */
async function loggedIn(site: string) {
  const { service, ask } = await open()
  await ask('POST', '/users', { ...jo, site })
  const { body: session } = await service.logIn(jo, { headers: SDK })
  const use = async (credential: string) =>
    (await service.ask('GET', `${API}/site`, { headers: { 'X-FilesAPI-Auth': credential } })).status
  const logIn = async (password: string) =>
    (await service.logIn({ username: 'jo', password })).status
  const rows = () => {
    const database = site === 'europe' ? env.DB_EU_CENTRAL_1 : env.DB_US_EAST_1
    return database.prepare('SELECT count(*) AS n FROM keyed_sessions').first('n')
  }
  return { service, ask, session, use, logIn, rows }
}

describe('POST /operator/v1/users', () => {
  it.each([
    ['mysite', 'us-east-1'],
    ['europe', 'eu-central-1'],
  ])('creates a user of %s in its region, %s, who can log in', async (site, region) => {
    const { service, ask } = await open()
    const { status, body } = await ask('POST', '/users', {
      ...jo,
      site,
      email: 'jo@example.com',
      site_admin: true,
    })
    expect([status, body]).toMatchObject([
      201,
      { region, site, username: 'Jo', email: 'jo@example.com', site_admin: true, disabled: false },
    ])
    expect(JSON.stringify(body)).not.toMatch(/correct horse|argon2/)
    expect((await service.logIn({ username: 'jo', password: jo.password })).status).toBe(201)
    const byAddress = { username: 'jo@example.com', password: jo.password }
    expect((await service.logIn(byAddress, { host: `${site}.localhost` })).status).toBe(401)
  })

  it('lets a user with an address verified by the operator log in by it, and have it as username', async () => {
    const { service, ask } = await open()
    const verified = { email: 'jo@example.com', email_verified: true }
    expect((await ask('POST', '/users', { ...jo, ...verified })).status).toBe(201)
    const byAddress = { username: 'jo@example.com', password: jo.password }
    expect((await service.logIn(byAddress, { host: 'mysite.localhost' })).status).toBe(201)
    const named = { ...jo, username: 'Al@Example.com', email: 'al@example.com' }
    expect((await ask('POST', '/users', named)).status).toBe(422)
    expect((await ask('POST', '/users', { ...named, email_verified: true })).status).toBe(201)
  })

  it('strips space around a username or email address', async () => {
    const { service, ask } = await open()
    const typed = {
      ...jo,
      username: ' jo\u00a0',
      email: '\u200bjo@example.com ',
      email_verified: true,
    }
    const { status, body } = await ask('POST', '/users', typed)
    expect([status, body.username, body.email]).toEqual([201, 'jo', 'jo@example.com'])
    const right = { username: 'jo', password: jo.password }
    expect((await service.logIn(right)).status).toBe(201)
    expect((await ask('GET', `/users/${encodeURIComponent('jo ')}`)).status).toBe(200)
  })

  it('accepts the hash of another system instead of a password, and shows it to nobody', async () => {
    const { ask } = await open()
    const imported = {
      ...jo,
      password: undefined,
      imported_password_hash: ssha,
      language: 'de',
      password_set_at: '2020-02-29T12:00:00+01:00',
      disabled: true,
    }
    const { status, body } = await ask('POST', '/users', imported)
    expect([status, body]).toMatchObject([
      201,
      { language: 'de', disabled: true, password_set_at: '2020-02-29T11:00:00.000Z' },
    ])
    expect(JSON.stringify(body)).not.toMatch(/3Dro23/)
  })

  it.each([
    ['$2b$13$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', /bcrypt cost 12/],
    ['5f4dcc3b5aa765d61d8327deb882cf99', /hash format is not supported/],
  ])('refuses the hash %s with the reason, and creates no user', async (hash, text) => {
    const { ask } = await open()
    const user = { ...jo, password: undefined, imported_password_hash: hash }
    const { status, body } = await ask('POST', '/users', user)
    expect([status, body.type]).toEqual([422, 'processing-failure/model-save-error'])
    expect(body.model_errors).toEqual({ imported_password_hash: [expect.stringMatching(text)] })
    expect(JSON.stringify(body)).not.toContain(hash)
    expect((await ask('GET', '/users/jo')).status).toBe(404)
  })

  it.each([
    [{ username: 'sessionUSER' }, 'username', 'This username is already taken.'],
    [{ username: 'jo@example.com' }, 'username', /verified owner/],
    [{ username: '@tok-x' }, 'username', /verified owner/],
    [{ username: 'jo\u3164hn' }, 'username', /Remove U\+3164/],
    [{ username: 'jo  hn' }, 'username', /single, ordinary spaces/],
    [{ email: 'nobody' }, 'email', /such as jane@example.com/],
    [{ email: 'jo@example.com,' }, 'email', /such as jane@example.com/],
    [{ email: 'jané@example.com' }, 'email', /such as jane@example.com/],
    [{ username: '..' }, 'username', /dot/],
    [{ password: 'fourteen chars' }, 'password', 'The password must have at least 15 characters.'],
    [
      { password: `13 characters${'e\u0301'}` },
      'password',
      'The password must have at least 15 characters.',
    ],
  ])('refuses %j with 422', async (change, field, text) => {
    const { service, ask } = await open()
    await service.createUser(await service.createSite({ subdomain: 'third' }, 'eu-central-1'))
    const { status, body } = await ask('POST', '/users', { ...jo, ...change })
    expect([status, body.type]).toEqual([422, 'processing-failure/model-save-error'])
    expect(body.model_errors).toEqual({ [field]: [expect.stringMatching(text)] })
    expect(body.errors).toEqual(body.model_errors[field])
  })

  it.each([
    [{ username: undefined }, 'request-params-required', 'username'],
    [{ password: undefined }, 'request-params-required', 'password'],
    [{ site: undefined }, 'request-params-required', 'site'],
    [{ username: 'x'.repeat(257) }, 'request-params-invalid', 'username'],
    [{ username: 'a\u0007b' }, 'request-params-invalid', 'username'],
    [{ password: '\u00e9'.repeat(513) }, 'request-params-invalid', 'password'],
    [{ imported_password_hash: ssha }, 'request-params-invalid', 'imported_password_hash'],
    [{ password_set_at: 'yesterday' }, 'request-params-invalid', 'password_set_at'],
    [{ region: 'mars' }, 'request-params-invalid', 'region'],
    [{ site_admin: 'perhaps' }, 'request-params-invalid', 'site_admin'],
  ])('refuses %j with 400', async (change, type, name) => {
    const { ask } = await open()
    const { status, body } = await ask('POST', '/users', { ...jo, ...change })
    expect([status, body.type]).toEqual([400, `bad-request/${type}`])
    expect(body.error).toContain(name)
    expect(JSON.stringify(body)).not.toContain('\u00e9')
  })

  it('returns 404 for a site that does not exist, or not in the region', async () => {
    const { ask } = await open()
    for (const change of [{ site: 'nobody' }, { region: 'eu-central-1' }]) {
      const { status, body } = await ask('POST', '/users', { ...jo, ...change })
      expect([status, body.type]).toEqual([404, 'not-found/site-not-found'])
    }
  })

  it('has exactly one winner when 10 callers want one name on two sites', async () => {
    const { ask } = await open()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        ask('POST', '/users', { ...jo, site: i % 2 ? 'mysite' : 'europe' }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(422)])
  })
})

describe('GET /operator/v1/users', () => {
  async function manyUsers() {
    const { service, ask } = await open()
    for (const username of ['a', 'b', 'c']) await ask('POST', '/users', { ...jo, username })
    const european = { ...jo, site: 'europe' }
    for (const username of ['d', 'e']) await ask('POST', '/users', { ...european, username })
    await service.createUser(await service.createSite({ subdomain: 'third' }), { username: 'f' })
    return ask
  }
  const named = (users: { region: string; site: string; username: string }[]) =>
    users.map(({ region, site, username }) => `${region} ${site} ${username}`).sort()
  const us = ['us-east-1 mysite a', 'us-east-1 mysite b', 'us-east-1 mysite c']
  const eu = ['eu-central-1 europe d', 'eu-central-1 europe e']

  it('lists the users of one site, one region or all, page by page', async () => {
    const ask = await manyUsers()
    for (const perPage of [1, 2, 1000]) {
      const listed = async (query: string) =>
        named((await readPages(ask, `/users?${query}`, perPage)).flat())
      expect(await listed('')).toEqual([...eu, ...us, 'us-east-1 third f'])
      expect(await listed('site=mysite')).toEqual(us)
      expect(await listed('site=europe')).toEqual(eu)
      expect(await listed('region=eu-central-1')).toEqual(eu)
      expect(await listed('region=eu-central-1&site=mysite')).toEqual([])
    }
  })

  it('shows neither passwords nor hashes', async () => {
    const ask = await manyUsers()
    const { body } = await ask('GET', '/users')
    expect(JSON.stringify(body)).not.toMatch(/correct horse|argon2|hash|credential/)
  })

  it('returns 404 for an unknown site, and 400 for an invalid cursor', async () => {
    const { ask } = await open()
    expect((await ask('GET', '/users?site=nobody')).body.type).toBe('not-found/site-not-found')
    for (const cursor of ['us-east-1:x', 'us-east-1:', 'us-east-1:1 OR 1'])
      expect((await ask('GET', `/users?cursor=${encodeURIComponent(cursor)}`)).status).toBe(400)
  })
})

describe('GET /operator/v1/users/:username', () => {
  it('shows a user of any region, in any letter case', async () => {
    const { ask } = await open()
    await ask('POST', '/users', { ...jo, site: 'europe' })
    const { status, body } = await ask('GET', '/users/JO')
    expect([status, body]).toMatchObject([200, { region: 'eu-central-1', username: 'Jo' }])
  })

  it('finds names that must be escaped in a URL', async () => {
    const { ask } = await open()
    for (const username of ['a/b', 'a b?c#d', '100%', 'jo.json', '%2F', 'Ünï', ':x']) {
      await ask('POST', '/users', { ...jo, username })
      const { body } = await ask('GET', `/users/${encodeURIComponent(username)}`)
      expect(body.username).toBe(username)
    }
  })

  it('returns 404 when there is none, and for an email address', async () => {
    const { ask } = await open()
    await ask('POST', '/users', { ...jo, email: 'jo@example.com', email_verified: true })
    for (const username of ['nobody', 'jo@example.com', '%ff', '__proto__']) {
      const { status, body } = await ask('GET', `/users/${username}`)
      expect([status, body.type]).toEqual([404, 'not-found/user-not-found'])
    }
  })
})

describe.each(['mysite', 'europe'])('A user of %s', (site) => {
  it('gets a new password at once, which revokes every session', async () => {
    const { ask, session, use, logIn, rows } = await loggedIn(site)
    const answer = await ask('POST', '/users/jo/password', { password: 'staple battery horse' })
    expect([answer.status, answer.body]).toEqual([204, undefined])
    expect([await use(session.id), await use(session.token)]).toEqual([401, 401])
    expect(await rows()).toBe(0)
    expect([await logIn(jo.password), await logIn('staple battery horse')]).toEqual([401, 201])
    const { body } = await ask('GET', '/users/jo')
    expect(body.password_set_at).not.toBeNull()
  })

  it('keeps password and sessions when the new password is refused', async () => {
    const { ask, session, use, logIn } = await loggedIn(site)
    const { status, body } = await ask('POST', '/users/jo/password', { password: 'short' })
    expect([status, Object.keys(body.model_errors)]).toEqual([422, ['password']])
    expect([await use(session.id), await logIn(jo.password)]).toEqual([200, 201])
  })

  it('is disabled at once, in both forms of the session, and can be enabled', async () => {
    const { ask, session, use, logIn, rows } = await loggedIn(site)
    expect((await ask('POST', '/users/jo/disable')).status).toBe(204)
    expect([await use(session.id), await use(session.token)]).toEqual([401, 401])
    expect([await rows(), await logIn(jo.password)]).toEqual([0, 401])
    expect((await ask('GET', '/users/jo')).body.disabled).toBe(true)
    expect((await ask('POST', '/users/jo/disable')).status).toBe(204)

    expect((await ask('POST', '/users/jo/enable')).status).toBe(204)
    expect([await use(session.id), await use(session.token)]).toEqual([401, 401])
    expect(await logIn(jo.password)).toBe(201)
  })

  it('keeps their sessions when enabled without having been disabled', async () => {
    const { ask, session, use } = await loggedIn(site)
    expect((await ask('POST', '/users/jo/enable')).status).toBe(204)
    expect(await use(session.id)).toBe(200)
  })

  it('keeps their sessions when another user is changed', async () => {
    const { service, ask } = await loggedIn(site)
    await ask('POST', '/users', { ...jo, username: 'al', site })
    const al = await service.logIn({ ...jo, username: 'al' }, { headers: SDK })
    await ask('POST', '/users/jo/disable')
    await ask('POST', '/users/jo/password', { password: 'staple battery horse' })
    const auth = { headers: { 'X-FilesAPI-Auth': al.body.id } }
    expect((await service.ask('GET', `${API}/site`, auth)).status).toBe(200)
  })
})

describe('A user who does not exist', () => {
  it.each([
    ['password', { password: 'long enough for most' }],
    ['disable'],
    ['enable'],
    ['2fa/reset'],
  ])('gets 404 from %s', async (action, parameters?: Record<string, unknown>) => {
    const { ask } = await open()
    const { status, body } = await ask('POST', `/users/nobody/${action}`, parameters)
    expect([status, body.type]).toEqual([404, 'not-found/user-not-found'])
  })
})

it('A login that races with a password change leaves no session of the old password', async () => {
  const { service, ask } = await loggedIn('mysite')
  const [, ...logIns] = await Promise.all([
    ask('POST', '/users/jo/password', { password: 'staple battery horse' }),
    ...Array.from({ length: 20 }, () => service.logIn(jo, { headers: SDK })),
  ])
  for (const { status, body } of logIns) {
    if (status !== 201) continue
    const auth = { headers: { 'X-FilesAPI-Auth': body.id } }
    expect((await service.ask('GET', `${API}/site`, auth)).status).toBe(401)
  }
})
