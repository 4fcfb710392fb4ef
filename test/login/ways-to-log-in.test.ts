import { base64url } from 'jose'
import { type TOTP, URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import type { LoginOutcome } from '../../src/audit/login-outcome.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { SecurityToken } from '../support/security-token.ts'
import { API, SDK } from '../support/service.ts'
import {
  answerAddress,
  begin,
  codeFor,
  finish,
  readRequest,
  type Sso,
  withProvider,
} from '../support/single-sign-on.ts'
import { keyOptionsOn, TestBrowser } from '../support/test-browser.ts'

/*
 * Every way to log in, to reauthenticate or to use a key, against every reason to refuse a user. The first table is the
 * specification; the reasons and the ways are defined below it.
 *
 * - let in: the reason does not affect this way.
 * - limited: a session that can only end what limits it.
 * - refused: OUTCOME: refused, and the login history has one row of the user with this outcome.
 * - refused: refused without a row in the history, because a check of a session or key at its use writes none, or
 *   because there is no site to write it for.
 * - n/a: the two cannot occur together, with the reason.
 *
 * The lockout affects only credentials that can be guessed.
 */

type Cell = 'let in' | 'limited' | 'refused' | 'n/a' | `refused: ${Exclude<LoginOutcome, 'none'>}`

const matrix: Record<WayName, Record<ReasonName, Cell>> = {
  'a password': {
    'user disabled': 'refused: disabled',
    'access expired': 'refused: expired_access',
    'IP address not allowed': 'refused: ip_mismatch',
    'other protocols only': 'refused: no_restapi_permission',
    'single sign-on only': 'refused: password_mismatch',
    'locked out': 'refused: locked_out',
    inactive: 'refused: disabled',
    'wrong region': 'refused: region_mismatch',
    '2FA due': 'refused: two_factor_required',
    '2FA setup due': 'limited',
    'password due': 'refused: password_change_required',
    'site gone': 'refused',
  },
  'a partial session and a code': {
    'user disabled': 'refused: disabled',
    'access expired': 'refused: expired_access',
    'IP address not allowed': 'refused: ip_mismatch',
    'other protocols only': 'refused: no_restapi_permission',
    'single sign-on only': 'refused: password_mismatch',
    'locked out': 'refused: locked_out',
    inactive: 'refused: disabled',
    'wrong region': 'refused: region_mismatch',
    '2FA due': 'n/a', // This is the second factor.
    '2FA setup due': 'n/a', // The user has a method.
    'password due': 'refused: password_change_required',
    'site gone': 'refused',
  },
  'a partial session and a security key': {
    'user disabled': 'refused: disabled',
    'access expired': 'refused: expired_access',
    'IP address not allowed': 'refused: ip_mismatch',
    'other protocols only': 'refused: no_restapi_permission',
    'single sign-on only': 'refused: password_mismatch',
    'locked out': 'let in',
    inactive: 'refused: disabled',
    'wrong region': 'refused: region_mismatch',
    '2FA due': 'n/a', // This is the second factor.
    '2FA setup due': 'n/a', // The user has a method.
    'password due': 'refused: password_change_required',
    'site gone': 'refused',
  },
  'a passkey': {
    'user disabled': 'refused: disabled',
    'access expired': 'refused: expired_access',
    'IP address not allowed': 'refused: ip_mismatch',
    'other protocols only': 'refused: no_restapi_permission',
    'single sign-on only': 'refused: key_mismatch',
    'locked out': 'let in',
    inactive: 'refused: disabled',
    'wrong region': 'n/a', // Passkeys are used at the site's own host, which every region serves.
    '2FA due': 'let in', // It is two factors.
    '2FA setup due': 'let in', // It is a method.
    'password due': 'limited',
    'site gone': 'refused',
  },
  'single sign-on on the pages': {
    'user disabled': 'refused: disabled',
    'access expired': 'refused: expired_access',
    'IP address not allowed': 'refused: ip_mismatch',
    'other protocols only': 'refused: no_restapi_permission',
    'single sign-on only': 'let in',
    'locked out': 'let in',
    inactive: 'refused: disabled',
    'wrong region': 'n/a', // It ends at the site's own host, which every region serves.
    '2FA due': 'refused: two_factor_required',
    '2FA setup due': 'limited',
    'password due': 'limited',
    'site gone': 'refused',
  },
  'single sign-on by the API': {
    'user disabled': 'refused: disabled',
    'access expired': 'refused: expired_access',
    'IP address not allowed': 'refused: ip_mismatch',
    'other protocols only': 'refused: no_restapi_permission',
    'single sign-on only': 'let in',
    'locked out': 'let in',
    inactive: 'refused: disabled',
    'wrong region': 'refused: region_mismatch',
    '2FA due': 'refused: two_factor_required',
    '2FA setup due': 'limited',
    'password due': 'limited',
    'site gone': 'refused',
  },
  'a login token': {
    'user disabled': 'refused: disabled',
    'access expired': 'refused: expired_access',
    'IP address not allowed': 'refused: ip_mismatch',
    'other protocols only': 'refused: no_restapi_permission',
    'single sign-on only': 'let in', // It represents an active session.
    'locked out': 'let in',
    inactive: 'refused: disabled',
    'wrong region': 'n/a', // It works at the site's own host only.
    '2FA due': 'let in', // Its session has passed 2FA.
    '2FA setup due': 'limited',
    'password due': 'limited',
    'site gone': 'refused',
  },
  'reauthentication by a password': {
    'user disabled': 'refused',
    'access expired': 'refused',
    'IP address not allowed': 'refused',
    'other protocols only': 'refused',
    'single sign-on only': 'refused: password_mismatch',
    'locked out': 'refused: locked_out',
    inactive: 'refused',
    'wrong region': 'refused',
    '2FA due': 'let in',
    '2FA setup due': 'refused',
    'password due': 'refused',
    'site gone': 'refused',
  },
  'reauthentication by a code': {
    'user disabled': 'refused',
    'access expired': 'refused',
    'IP address not allowed': 'refused',
    'other protocols only': 'refused',
    'single sign-on only': 'let in',
    'locked out': 'refused: locked_out',
    inactive: 'refused',
    'wrong region': 'refused',
    '2FA due': 'n/a', // This is the second factor.
    '2FA setup due': 'n/a', // The user has a method.
    'password due': 'refused',
    'site gone': 'refused',
  },
  'reauthentication by a security key': {
    'user disabled': 'refused',
    'access expired': 'refused',
    'IP address not allowed': 'refused',
    'other protocols only': 'refused',
    'single sign-on only': 'let in',
    'locked out': 'let in',
    inactive: 'refused',
    'wrong region': 'refused',
    '2FA due': 'n/a', // This is the second factor.
    '2FA setup due': 'n/a', // The user has a method.
    'password due': 'refused',
    'site gone': 'refused',
  },
  'pairing, approved by a password': {
    'user disabled': 'refused',
    'access expired': 'refused',
    'IP address not allowed': 'refused',
    'other protocols only': 'refused',
    'single sign-on only': 'refused: password_mismatch',
    'locked out': 'let in', // Strangers cannot lock out a browser that the user has logged in with.
    inactive: 'refused',
    'wrong region': 'refused',
    '2FA due': 'let in',
    '2FA setup due': 'refused',
    'password due': 'refused',
    'site gone': 'refused',
  },
  'an API key': {
    'user disabled': 'refused',
    'access expired': 'refused',
    'IP address not allowed': 'refused',
    'other protocols only': 'refused',
    'single sign-on only': 'let in',
    'locked out': 'let in',
    inactive: 'refused',
    'wrong region': 'refused',
    '2FA due': 'let in',
    '2FA setup due': 'let in',
    'password due': 'let in',
    'site gone': 'refused',
  },
}

describe('The access policy', () => {
  it.each(Object.keys(matrix) as WayName[])('holds for %s', async (name) => {
    const world = await makeWorld(name)
    const seen: Partial<Record<ReasonName, Cell>> = {}
    for (const reason of Object.keys(matrix[name]) as ReasonName[])
      seen[reason] = matrix[name][reason] === 'n/a' ? 'n/a' : await tryWay(world, name, reason)
    expect(seen).toEqual(matrix[name])
  })

  it.each(Object.keys(matrix) as WayName[])(
    'allows %s when nothing speaks against it',
    async (name) => {
      expect(await tryWay(await makeWorld(name), name, null)).toBe('let in')
    },
  )
})

// The reasons

const SITE = 'mysite.localhost'
const OTHER_REGION = 'eu-central-1.localhost'
const DAY = 86_400_000
/** An IP address from which the user has logged in before. */
const HOME = '203.0.113.7'
/** The IP address of every attempt, from which the user has never logged in. */
const ELSEWHERE = '192.0.2.7'

const reasons = {
  'user disabled': (world: World) => world.setUser('disabled = 1'),
  'access expired': (world: World) => world.setUser('authenticate_until = 1'),
  'IP address not allowed': (world: World) => world.setUser("allowed_ips = '10.0.0.1'"),
  'other protocols only': (world: World) => world.setUser('restapi_permission = 0'),
  'single sign-on only': (world: World) => world.setUser("authentication_method = 'sso'"),
  'locked out': async (world: World) => {
    await world.setSite('user_lockout_tries = 1')
    await world.service.logIn(
      { username: 'jane', password: 'a guess' },
      { host: SITE, headers: { 'CF-Connecting-IP': '198.51.100.9' } },
    )
  },
  inactive: async (world: World) => {
    const seen = world.service.clock() - 8 * DAY
    await world.setSite('disable_users_from_inactivity_period_days = 7, session_expiry = 720')
    await world.setUser(`created_at = ${seen}, last_login_at = ${seen}, enabled_at = NULL`)
    await env.DB_US_EAST_1.exec(`UPDATE keyed_sessions SET last_used_at = ${seen}`)
    await env.DB_US_EAST_1.exec(`UPDATE api_keys SET created_at = ${seen}, last_used_at = ${seen}`)
  },
  'wrong region': (world: World) => world.setSite('opt_out_global = 1'),
  '2FA due': (world: World) => world.setUser("type_of_2fa = 'totp'"),
  '2FA setup due': (world: World) => world.setSite('require_2fa = 1'),
  'password due': (world: World) => world.setUser('require_password_change = 1'),
  // It was renamed, so that its former host belongs to no site.
  'site gone': async (world: World) => {
    await world.setSite("subdomain = 'renamed'")
    await env.KV.delete('host:site:mysite')
  },
}

type ReasonName = keyof typeof reasons

/** The result of an attempt: nothing when it was refused. */
type Gained = { session: string } | { apiKey: string } | null

/** Prepares the attempt, applies the reason, and tries. */
async function tryWay(world: World, name: WayName, reason: ReasonName | null): Promise<Cell> {
  const host = reason === 'wrong region' ? OTHER_REGION : SITE
  // A code of an app is accepted once.
  world.service.clock.advance(30_000)
  const attempt = await ways[name](world, host)
  const undo = await world.remember()
  if (reason) await reasons[reason](world)
  const before = await world.refusals()
  const cell = await cellOf(world, await attempt(), host)
  const refusals = (await world.refusals()).filter(({ id }) => before.every((one) => one.id !== id))
  await undo()
  if (refusals.length === 0) return cell
  expect(refusals).toMatchObject([{ user_id: world.userId }])
  return `${cell} ${refusals[0]?.outcome}`.replace(' ', ': ') as Cell
}

async function cellOf({ service }: World, gained: Gained, host: string): Promise<Cell> {
  if (!gained) return 'refused'
  const [path, credential] =
    'session' in gained
      ? ['/api_keys', { 'X-FilesAPI-Auth': gained.session }]
      : ['/site', { 'X-FilesAPI-Key': gained.apiKey }]
  const { status } = await service.ask('GET', `${API}${path}`, {
    host,
    headers: { ...from(ELSEWHERE), ...credential },
  })
  return status === 200 ? 'let in' : status === 403 ? 'limited' : 'refused'
}

// The ways

const jane = { username: 'jane', password: 'sessionuserpassword' }

/** Each prepares everything at a host and returns the attempt. */
const ways = {
  'a password':
    async ({ service }, host) =>
    async () =>
      gainedBy(await service.logIn(jane, { host, headers: from(ELSEWHERE) })),
  'a partial session and a code': async (world, host) => {
    const { data } = await firstStep(world, host)
    return () => secondStep(world, host, { data, otp: world.code() })
  },
  'a partial session and a security key': async (world, host) => {
    const { data } = await firstStep(world, host)
    const [{ challenge }] = data.u2f_sign_requests
    const otp = await world.key.sign({ appId: `http://${SITE}`, challenge })
    return () => secondStep(world, host, { data, otp })
  },
  'a passkey': async ({ service, userId, key }, host) => {
    const browser = new TestBrowser(service, from(ELSEWHERE))
    const page = `http://${host}/login`
    const { body } = await browser.open(page)
    const hidden = hiddenFields(body, '/login/passkey')
    const { challenge } = keyOptionsOn(body)
    const otp = await key.assert({
      rpId: host,
      origin: `http://${host}`,
      challenge,
      userHandle: base64url.encode(new TextEncoder().encode(String(userId))),
      flags: 5,
    })
    return async () => {
      await browser.send(`${page}/passkey`, { ...hidden, otp })
      return sessionIn(browser, host)
    }
  },
  'single sign-on on the pages': async (world) => {
    const { service, sso } = world
    const browser = new TestBrowser(service, from(ELSEWHERE))
    const button = await browser.open(`http://${SITE}/login/sso?strategy=${sso.strategy.id}`)
    const begun = readRequest(button.headers.get('Location') ?? '')
    const address = answerAddress(begun, codeFor(sso, begun))
    return async () => {
      await browser.open(address)
      return sessionIn(browser, SITE)
    }
  },
  'single sign-on by the API': async ({ sso }, host) => {
    const begun = await begin(sso)
    const code = codeFor(sso, begun)
    const headers = from(ELSEWHERE)
    return async () => gainedBy(await finish(sso, begun, code, {}, { host, headers }))
  },
  'a login token': async ({ service }) => {
    const { body } = await service.logIn(jane, { headers: from(HOME) })
    const asked = { host: SITE, headers: from(ELSEWHERE) }
    return async () => gainedBy(await service.logIn({ username: body.login_token }, asked))
  },
  'reauthentication by a password': async (world, host) => {
    const session = await staleSession(world)
    return () => makeKey(world, host, { session, proof: `password:${jane.password}` })
  },
  'reauthentication by a code': async (world, host) => {
    const session = await staleSession(world)
    return () => makeKey(world, host, { session, proof: `code:${world.code()}` })
  },
  'reauthentication by a security key': async (world, host) => {
    const session = await staleSession(world)
    const { body } = await world.service.ask('POST', `${API}/2fa/send_code`, {
      headers: { ...from(HOME), 'X-FilesAPI-Auth': session },
      body: { u2f_only: true },
    })
    const [{ challenge }] = body.u2f_sign_requests
    const proof = `code:${await world.key.sign({ appId: `http://${SITE}`, challenge })}`
    return () => makeKey(world, host, { session, proof })
  },
  'pairing, approved by a password': async ({ service }, host) => {
    const browser = new TestBrowser(service, from(ELSEWHERE))
    const pairingKey = crypto.randomUUID()
    const poll = () =>
      service.ask('POST', `${API}/sessions/pairing_key/${pairingKey}`, {
        host,
        headers: from(ELSEWHERE),
      })
    await browser.send(`http://${host}/login`, jane)
    await poll()
    await browser.open(`http://${host}/login_from_desktop?pairing_key=${pairingKey}`)
    const page = await browser.open(`http://${host}/pairing`)
    const form = { ...hiddenFields(page.body, '/pairing/approve'), password: jane.password }
    return async () => {
      await browser.send(`http://${host}/pairing/approve`, form)
      const { status, body } = await poll()
      return status === 201 ? { apiKey: body.password } : null
    }
  },
  'an API key': async (world) => {
    const { body } = await world.service.ask('POST', `${API}/api_keys`, {
      headers: { ...from(HOME), 'X-FilesAPI-Auth': await newSession(world) },
      body: { name: 'x' },
    })
    return async () => ({ apiKey: body.key as string })
  },
} satisfies Record<string, (world: World, host: string) => Promise<() => Promise<Gained>>>

type WayName = keyof typeof ways

/** The first step of a login, which asks for the second factor. */
async function firstStep({ service }: World, host: string) {
  return (await service.logIn(jane, { host, headers: from(HOME) })).body
}

async function secondStep(
  { service }: World,
  host: string,
  { data, otp }: { data: { partial_session_id: string }; otp: string },
  address = ELSEWHERE,
): Promise<Gained> {
  const sent = { username: 'jane', otp, partial_session_id: data.partial_session_id }
  return gainedBy(await service.logIn(sent, { host, headers: from(address) }))
}

/** A session of the user, just started with the credentials that the user has. */
async function newSession(world: World): Promise<string> {
  const { id, data } = await firstStep(world, SITE)
  if (id !== undefined) return id
  const asked = data.u2f_sign_requests?.[0]
  const otp = asked
    ? await world.key.sign({ appId: `http://${SITE}`, challenge: asked.challenge })
    : world.code()
  const gained = await secondStep(world, SITE, { data, otp }, HOME)
  if (!gained || !('session' in gained)) throw new Error('the user could not log in')
  return gained.session
}

/** A session that needs reauthentication. */
async function staleSession(world: World): Promise<string> {
  const session = await newSession(world)
  world.service.clock.advance(30_000)
  await env.DB_US_EAST_1.exec(
    'UPDATE keyed_sessions SET authenticated_at = 0, second_factor_at = 0',
  )
  return session
}

async function makeKey(
  { service }: World,
  host: string,
  { session, proof }: { session: string; proof: string },
): Promise<Gained> {
  const { status, body } = await service.ask('POST', `${API}/api_keys`, {
    host,
    headers: {
      ...from(ELSEWHERE),
      'X-FilesAPI-Auth': session,
      'X-Files-Reauthentication': proof,
    },
    body: { name: 'x' },
  })
  return status === 201 ? { apiKey: body.key } : null
}

function gainedBy({ status, body }: { status: number; body: { id: string } }): Gained {
  return status === 201 ? { session: body.id } : null
}

function sessionIn(browser: TestBrowser, host: string): Gained {
  const session = browser.cookie(host, '__Host-latchkey')
  return session === undefined ? null : { session }
}

function from(address: string) {
  return { ...SDK, 'CF-Connecting-IP': address }
}

// The world

interface World {
  service: Sso['service']
  sso: Sso
  userId: number
  /** The current code of the user's app, if there is one. */
  code: () => string
  key: SecurityToken
  setUser(set: string): Promise<unknown>
  setSite(set: string): Promise<unknown>
  /** Returns a function that restores the user and site to their present state. */
  remember(): Promise<() => Promise<void>>
  /** The refusals as the login history has them. */
  refusals(): Promise<{ id: number; outcome: string; user_id: number | null }[]>
}

/** A site with an identity provider, and a user with everything that the way needs. */
async function makeWorld(name: WayName): Promise<World> {
  const sso = await withProvider()
  const { service, site } = sso
  const email = { email: 'jane@acme.example', emailIsVerified: true }
  const { id: userId } = await service.createUser(site, { ...jane, ...email })
  const update = (table: string, set: string, id: number) =>
    env.DB_US_EAST_1.prepare(`UPDATE ${table} SET ${set} WHERE id = ?`).bind(id).run()
  const world: World = {
    service,
    sso,
    userId,
    code: () => '',
    key: await SecurityToken.make(),
    setUser: (set) => update('users', set, userId),
    setSite: (set) => update('sites', set, site.id),
    remember: async () => {
      const rows = await Promise.all([rowOf('users', userId), rowOf('sites', site.id)])
      return async () => {
        for (const restore of rows) await restore()
        await env.DB_US_EAST_1.exec('DELETE FROM login_failures')
      }
    },
    refusals: async () => {
      const rows = env.DB_US_EAST_1.prepare(
        `SELECT id, outcome, user_id FROM ${EVERY_ATTEMPT} WHERE outcome <> 'none'`,
      )
      return (await rows.all<{ id: number; outcome: string; user_id: number | null }>()).results
    },
  }
  if (/code$/.test(name)) await addApp(world)
  if (/key$/.test(name) && name !== 'an API key') await addKey(world)
  return world
}

async function rowOf(table: string, id: number): Promise<() => Promise<void>> {
  const row = await env.DB_US_EAST_1.prepare(`SELECT * FROM ${table} WHERE id = ?`).bind(id).first()
  const columns = Object.keys(row ?? {})
  return async () => {
    await env.DB_US_EAST_1.prepare(
      `UPDATE ${table} SET ${columns.map((one) => `${one} = ?`).join()} WHERE id = ?`,
    )
      .bind(...Object.values(row ?? {}), id)
      .run()
  }
}

async function addApp(world: World): Promise<void> {
  await addMethod(world, 'totp', (body) => {
    const app = URI.parse(body.totp_provisioning_uri) as TOTP
    world.code = () => app.generate({ timestamp: world.service.clock() })
    return world.code()
  })
}

async function addKey(world: World): Promise<void> {
  await addMethod(world, 'u2f', ({ u2f_registration_requests: [{ challenge, app_id: appId }] }) =>
    world.key.register({ appId, challenge }),
  )
}

async function addMethod(
  world: World,
  method: string,
  // biome-ignore lint/suspicious/noExplicitAny: what a reply is expected to be is what types it
  firstCode: (body: any) => string | Promise<string>,
): Promise<void> {
  const headers = { ...from(HOME), 'X-FilesAPI-Auth': await newSession(world) }
  const ask = (verb: string, path: string, body: Record<string, unknown>) =>
    world.service.ask(verb, `${API}/2fa${path}`, { headers, body })
  const { body } = await ask('POST', '', { method_type: method })
  const { status } = await ask('PATCH', `/${body.id}`, { otp: await firstCode(body) })
  expect(status).toBe(200)
}
