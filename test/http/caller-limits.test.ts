import { describe, expect, it, vi } from 'vitest'
import { fullPath } from '../../src/http/route.ts'
import { PasswordHasher } from '../../src/passwords/password-hasher.ts'
import { routes } from '../../src/routes.ts'
import { SECOND } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { productionLimits, WatchedLimiter } from '../support/production-limits.ts'
import { type Answer, API, Service } from '../support/service.ts'
import { shortDeadlines } from '../support/short-deadlines.ts'
import { shownBy } from '../support/test-browser.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const from = (address: string) => ({ headers: { 'CF-Connecting-IP': address } })

const here = from('203.0.113.7')
const elsewhere = from('203.0.113.8')

async function limitedService(changes = {}): Promise<Service> {
  const service = new Service({ ...productionLimits, ...changes })
  await service.createUser(await service.createSite(), { email: 'jo@example.com' })
  return service
}

async function times(count: number, ask: (nth: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, nth) => ask(nth)))
}

function refused(answers: Answer[]): Answer[] {
  return answers.filter(({ status }) => status === 429)
}

/** Every kind of host that a request can be sent to. */
const hostKinds = [
  ['the global host', 'localhost'],
  ['a regional host', 'us-east-1.localhost'],
  ['the host of a site', 'mysite.localhost'],
  ['the domain of a site', 'files.acme.example'],
  ['an unknown subdomain', 'nobody.localhost'],
  ['an unknown domain', 'files.nobody.example'],
]

const anonymous = routes.filter(({ access }) => ['anyone', 'password'].includes(access.name))

/** Values for the required parameters of every route. */
const sample: Record<string, string | number> = {
  username: 'x',
  username_or_email: 'x',
  email: 'x',
  password: 'x',
  confirm_password: 'x',
  code: 'f'.repeat(40),
  provider: 'google',
  host: 'mysite.localhost',
  domain: 'mysite.localhost',
  strategy: 1,
  id: 1,
  key: 'a1B2c3D4',
  digest: 'x',
  color: '0b5fc4',
  otp: '1',
  methods: 'totp',
  login_token: '@tok-x',
  logout_token: 'x',
  partial_session_id: 'x',
  proof: 'x',
  state: 'x',
}

function limiters(binding: RateLimit) {
  const names = ['CALLER_LIMITER', 'CALLER_NAME_LIMITER', 'ANONYMOUS_LIMITER']
  return Object.fromEntries(names.map((name) => [name, binding]))
}

async function siteOfAcme(service: Service): Promise<void> {
  const domain = { domain: 'files.acme.example', domainVerifiedAt: service.clock() }
  await service.createSite({ subdomain: 'acme', ...domain })
}

function ask(service: Service, route: (typeof routes)[number], host: string): Promise<Answer> {
  const { shape } = route.parameters
  const sent = Object.entries(sample).filter(([name]) => name in shape)
  const path = fullPath(route).replace(/:(\w+)/g, (_, name) => String(sample[name]))
  const headers = { Origin: `http://${host}` }
  const query = sent.map(([name, value]) => `${name}=${value}`).join('&')
  return route.method === 'GET'
    ? service.ask('GET', query === '' ? path : `${path}?${query}`, { host, headers })
    : service.ask(route.method, path, { host, headers, body: Object.fromEntries(sent) })
}

describe('The production rate limits', () => {
  it.each(['CALLER_LIMITER', 'CALLER_NAME_LIMITER', 'ANONYMOUS_LIMITER'] as const)(
    'are what the runtime allows in a minute: %s',
    async (name) => {
      const limiter = env[`PRODUCTION_${name}`]
      const passesInAMinute = async () => {
        const minute = () => Math.floor(Date.now() / 60_000)
        const [begun, key] = [minute(), crypto.randomUUID()]
        let passed = 0
        while ((await limiter.limit({ key })).success) passed++
        return minute() === begun ? passed : null
      }
      // If the minute ended meanwhile, the next one is long enough.
      expect((await passesInAMinute()) ?? (await passesInAMinute())).toBe(
        env.PRODUCTION_LIMITS[name],
      )
    },
  )
})

describe('A client that logs in too often', () => {
  it('is refused from its 31st request in a minute on, before a hash or a round trip to storage', async () => {
    const service = await limitedService()
    const verify = vi.spyOn(PasswordHasher.prototype, 'verify')
    const guess = (nth: number) =>
      service.logIn({ username: `name ${nth}`, password: 'a guess' }, here)
    expect(refused(await times(30, guess))).toEqual([])
    expect(verify).toHaveBeenCalledTimes(30)
    const answer = await service.logIn(right, here)
    expect(answer.status).toBe(429)
    expect(answer.body).toMatchObject({
      type: 'rate-limited/too-many-login-attempts',
      error: 'Too many attempts to log in. Please try again in a minute.',
    })
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.trips).toEqual([])
    expect(verify).toHaveBeenCalledTimes(30)
    expect((await service.logIn(right, elsewhere)).status).toBe(201)
  })

  it('is counted once for its IPv6 network, and once for both forms of an IPv4 address', async () => {
    const service = await limitedService()
    const guess = (address: string) => (nth: number) =>
      service.logIn({ username: `name ${nth}`, password: 'a guess' }, from(address))
    await times(30, (nth) => guess(`2001:db8:0:1::${nth}`)(nth))
    expect(refused(await times(1, guess('2001:db8:0:1:ffff:ffff:ffff:ffff')))).toHaveLength(1)
    expect(refused(await times(1, guess('2001:db8:0:2::1')))).toEqual([])
    await times(30, guess('203.0.113.9'))
    expect(refused(await times(1, guess('::ffff:203.0.113.9')))).toHaveLength(1)
  })

  it('is refused from the 16th login with one name on, existing or not, and can use other names', async () => {
    const service = await limitedService()
    const answers = []
    for (const [username, caller] of [
      ['SessionUser', here],
      ['nobody', elsewhere],
    ] as const) {
      const tried = await times(15, () => service.logIn({ username, password: 'a guess' }, caller))
      expect(refused(tried)).toEqual([])
      answers.push(await service.logIn({ ...right, username: username.toLowerCase() }, caller))
    }
    const [known, unknown] = answers.map(({ status, body, trips }) => ({
      status,
      trips,
      body: { ...body, instance: '' },
    }))
    expect(known?.status).toBe(429)
    expect(unknown).toEqual(known)
    expect((await service.logIn(right, elsewhere)).status).toBe(201)
  })

  it('causes at most 30 hashes a minute, for any number of names', async () => {
    const service = await limitedService()
    const verify = vi.spyOn(PasswordHasher.prototype, 'verify')
    for (let nth = 0; nth < 2_000; nth += 50)
      await times(50, (one) =>
        service.logIn({ username: `stuffed ${nth + one}`, password: 'leaked' }, here),
      )
    expect(verify).toHaveBeenCalledTimes(30)
  })

  it('does not include a user whose SDK sends each refused login three more times', async () => {
    const service = await limitedService()
    for (const password of ['wrong one', 'wrong two', 'wrong three'])
      expect(refused(await times(4, () => service.logIn({ ...right, password }, here)))).toEqual([])
    expect((await service.logIn(right, here)).status).toBe(201)
  })

  it.each(['CALLER_LIMITER', 'CALLER_NAME_LIMITER'])(
    'is not counted again until the period of a refusal ends: %s',
    async (name) => {
      const watched = new WatchedLimiter({ limit: async () => ({ success: false }) })
      const service = await limitedService({ [name]: watched.binding })
      const retryAfter = async (username = 'sessionuser') => {
        const { status, headers } = await service.logIn({ ...right, username }, here)
        expect(status).toBe(429)
        return headers.get('Retry-After')
      }
      expect(await retryAfter()).toBe('60')
      service.clock.advance(20_500)
      expect([await retryAfter(), await retryAfter('SessionUser')]).toEqual(['40', '40'])
      expect(watched.keys).toHaveLength(1)
      service.clock.advance(39_500)
      expect(await retryAfter()).toBe('60')
      expect(watched.keys).toHaveLength(2)
    },
  )

  it('is not refused calls that were within the limit because a later one is not', async () => {
    const service = await limitedService()
    const guess = (nth: number) => service.logIn({ username: `name ${nth}`, password: 'x' }, here)
    expect(refused(await times(40, guess))).toHaveLength(10)
  })

  it('logs in again once the period has ended, although its client repeated all the time', async () => {
    const calls: number[] = []
    // Counts what it refuses, too, in the last minute: the strictest that a binding could be.
    const limit = async () => {
      calls.push(service.clock())
      return { success: calls.filter((at) => at > service.clock() - 60 * SECOND).length <= 30 }
    }
    const service: Service = await limitedService({ CALLER_LIMITER: { limit } })
    const guess = (nth: number) => service.logIn({ username: `name ${nth}`, password: 'x' }, here)
    expect(refused(await times(31, guess))).toHaveLength(1)
    for (let second = 0; second < 60; second++) {
      expect((await service.logIn(right, here)).status).toBe(429)
      service.clock.advance(SECOND)
    }
    expect((await service.logIn(right, here)).status).toBe(201)
  })

  it('is logged without its IP address or the limiter’s key', async () => {
    const watched = new WatchedLimiter({ limit: async () => ({ success: false }) })
    const service = await limitedService({ CALLER_LIMITER: watched.binding })
    const log = vi.spyOn(console, 'log')
    await service.logIn(right, here)
    const line = String(log.mock.lastCall?.[0])
    expect(JSON.parse(line)).toMatchObject({
      status: 429,
      problem: 'rate-limited/too-many-login-attempts',
      reason: 'over the limit of CALLER_LIMITER',
    })
    expect(watched.keys).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
    for (const told of [...watched.keys, '203.0.113', 'sessionuser'])
      expect(line).not.toContain(told)
  })
})

describe('A client that requests password resets too often', () => {
  const paths = ['forgot', 'forgot/validate', 'forgot/reset'] as const
  const bodies = {
    forgot: (nth: number) => ({ username: `name ${nth}` }),
    'forgot/validate': () => ({ code: 'f'.repeat(40) }),
    'forgot/reset': () => ({ code: 'f'.repeat(40), password: 'a quiet lamp by the window' }),
  }

  it.each(paths)(
    'is refused at /sessions/%s from its 31st request on, and nothing is written',
    async (path) => {
      const service = await limitedService()
      const ask = (nth: number) =>
        service.ask('POST', `${API}/sessions/${path}`, { ...here, body: bodies[path](nth) })
      expect(refused(await times(30, ask))).toEqual([])
      const answer = await ask(30)
      expect(answer.body.type).toBe('rate-limited/too-many-requests')
      expect(answer.headers.get('Retry-After')).toBe('60')
      expect(answer.trips).toEqual([])
    },
  )

  it('is refused from the 16th request for one name on, in whichever field, with no task, no mail and one reply for all', async () => {
    const service = await limitedService()
    const answers = []
    for (const [username, caller] of [
      ['sessionuser', here],
      ['nobody', elsewhere],
    ] as const) {
      const forms = [{ username }, { username, email: 'x' }, { username_or_email: username }]
      await times(15, (nth) =>
        service.ask('POST', `${API}/sessions/forgot`, { ...caller, body: forms[nth % 3] ?? {} }),
      )
      service.mails.length = 0
      const tasks = await outboxRows()
      for (const body of forms)
        answers.push(await service.ask('POST', `${API}/sessions/forgot`, { ...caller, body }))
      expect(service.mails).toEqual([])
      expect(await outboxRows()).toBe(tasks)
    }
    const told = answers.map(({ status, body, trips }) => ({
      status,
      trips,
      type: body.type,
      error: body.error,
    }))
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(told[0]).toMatchObject({ status: 429, trips: [] })
  })

  it('can still log in', async () => {
    const service = await limitedService()
    const body = { username: 'sessionuser' }
    await times(31, () => service.ask('POST', `${API}/sessions/forgot`, { ...here, body }))
    expect((await service.logIn(right, here)).status).toBe(201)
  })

  it.each([
    ['/forgot', { username_or_email: 'sessionuser' }],
    ['/reset', { code: 'a-code', password: 'x', confirm_password: 'x' }],
  ])('sees an error on the page %s, with its form', async (path, fields) => {
    const closed = { limit: async () => ({ success: false }) }
    const service = await limitedService({ CALLER_LIMITER: closed })
    const answer = await service.ask('POST', path, {
      body: String(new URLSearchParams({ ...fields, locale: 'de' })),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Origin: 'http://localhost',
      },
    })
    expect(answer.status).toBe(429)
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.body).toContain('Bitte versuchen Sie es in einer Minute noch einmal.')
    expect(answer.body).toContain(`action="${path}"`)
    if ('code' in fields)
      expect(await shownBy(service, answer.body, path)).toMatchObject({ code: 'a-code' })
    expect(answer.trips).toEqual([])
  })
})

describe('A request without a credential', () => {
  const closed = { limit: async () => ({ success: false }) }

  it.each(hostKinds)('is rate limited whenever it reads storage: %s', async (_, host) => {
    await siteOfAcme(await limitedService())
    const counting = new WatchedLimiter({ limit: async () => ({ success: true }) })
    const open = new Service(limiters(counting.binding))
    const shut = new Service(limiters(closed))
    const visiting: string[] = []
    for (const route of anonymous) {
      counting.keys.length = 0
      const { trips } = await ask(open, route, host)
      if (trips.length > 0) {
        visiting.push(route.path)
        expect(counting.keys, `${route.path} visits ${trips} and counts nobody`).not.toEqual([])
      }
      const refusal = await ask(shut, route, host)
      expect(refusal.trips, `${route.path}, once the caller is over the limit`).toEqual([])
    }
    expect(visiting).toEqual(expect.arrayContaining(['/login', '/forgot', '/health']))
    if (!['localhost', 'us-east-1.localhost'].includes(host))
      expect(visiting).toEqual(
        expect.arrayContaining([
          ...['/login', '/login/token', '/reset', '/ui/logo/:digest', '/login_from_desktop'],
        ]),
      )
  })

  it.each(['/login', '/forgot?locale=de', '/ui/logo/x'])(
    'is refused at %s of a site’s host from the 121st in a minute on',
    async (path) => {
      const service = await limitedService()
      const open = () =>
        service.ask('GET', path, {
          host: 'mysite.localhost',
          headers: { ...here.headers, Accept: 'text/html' },
        })
      expect(refused(await times(120, open))).toEqual([])
      const answer = await open()
      expect([answer.status, answer.trips]).toEqual([429, []])
      expect(answer.headers.get('Retry-After')).toBe('60')
      expect(answer.headers.get('X-Files-Error-Class')).toBe('rate-limited/too-many-requests')
    },
  )

  it('that reads no storage is not limited', async () => {
    const service = await limitedService(limiters(closed))
    for (const path of ['/login', '/forgot', '/ui/accent/0b5fc4', '/openapi.json'])
      expect((await service.ask('GET', path)).status).toBe(200)
  })

  it('that is refused reads no storage to show the site’s name', async () => {
    const service = await limitedService(limiters(closed))
    for (const path of ['/login', '/forgot', '/reset']) {
      const answer = await service.ask('POST', path, {
        host: 'mysite.localhost',
        headers: { Origin: 'http://mysite.localhost' },
        body: { ...right, username_or_email: 'x', code: 'x', confirm_password: 'x' },
      })
      expect([answer.status, answer.trips]).toEqual([429, []])
    }
  })

  it('is refused from the 121st health check in a minute on', async () => {
    const service = await limitedService()
    const check = () => service.ask('GET', '/health', here)
    expect(refused(await times(120, check))).toEqual([])
    expect(refused(await times(1, check))).toHaveLength(1)
    expect((await service.ask('GET', '/health', elsewhere)).status).toBe(200)
  })
})

describe('A failing rate limiter', () => {
  const broken = [
    ['throws', () => Promise.reject(new Error('limiter lost'))],
    [
      'throws at once',
      () => {
        throw new Error('limiter lost')
      },
    ],
    ['hangs', () => new Promise<never>(() => undefined)],
  ] as [string, RateLimit['limit']][]

  it.each(broken)('allows the request and logs a line: %s', async (_, limit) => {
    const service = await limitedService({
      CALLER_LIMITER: { limit },
      CALLER_NAME_LIMITER: { limit },
    })
    const error = vi.spyOn(console, 'error')
    shortDeadlines(SECOND)
    expect((await service.logIn(right, here)).status).toBe(201)
    const lines = error.mock.calls.map(([line]) => JSON.parse(String(line)))
    expect(lines.map(({ task }) => task).toSorted()).toEqual([
      'limit by CALLER_LIMITER',
      'limit by CALLER_NAME_LIMITER',
    ])
    for (const { reason } of lines) expect(reason).toMatch(/limiter lost|no answer within 1000 ms/)
  })

  it('leaves the other limiter in force', async () => {
    const service = await limitedService({
      CALLER_LIMITER: { limit: () => Promise.reject(new Error('limiter lost')) },
    })
    const guess = () => service.logIn({ ...right, password: 'a guess' }, here)
    expect(refused(await times(16, guess))).toHaveLength(1)
  })
})

async function outboxRows(): Promise<number> {
  const row = await env.DB_US_EAST_1.prepare('SELECT count(*) AS rows FROM outbox').first('rows')
  return Number(row)
}
