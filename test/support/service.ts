import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { expect } from 'vitest'
import { createApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import type { Ctx } from '../../src/context.ts'
import type { Mail } from '../../src/notifications/mailer.ts'
import type { TextMessage } from '../../src/notifications/twilio.ts'
import type { Argon2Cost } from '../../src/passwords/argon2id.ts'
import { openServices } from '../../src/services.ts'
import { claimedName } from '../../src/sites/claim-host.ts'
import type { NewSite } from '../../src/sites/site-store.ts'
import { newId } from '../../src/storage/ids.ts'
import type { Region } from '../../src/storage/region.ts'
import { type CreateUserInput, createUser, userOf } from '../../src/users/create-user.ts'
import { nameKeys } from '../../src/users/username.ts'
import { createWorker } from '../../src/worker.ts'
import { env, type TestEnv } from './env.ts'
import { expectDescribed } from './expect-described.ts'
import { LEAST_HASH_COST } from './least-hash-cost.ts'
import { fieldsOfPage, formRouteAt, headersOfPage, ownerBy, withCookieOfPage } from './page-form.ts'
import { type TestClock, testClock } from './test-clock.ts'

export const API = '/api/rest/v1'

/** An official SDK's User-Agent. */
export const SDK = { 'User-Agent': 'Files.com Ruby SDK v1.0.0' }

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is what types it
  body: any
  /** The round trips to stores, in order. */
  trips: string[]
}

/** The parts of a request. Parameters are sent as JSON unless the body is given as text. */
export interface Ask {
  headers?: Record<string, string>
  body?: Record<string, unknown> | string | Uint8Array<ArrayBuffer>
  /** The host name. Default: the global host. */
  host?: string
  /** What the platform reports about the client. */
  cf?: Record<string, string>
  /** Sends a form as it is, without the fields and headers that a page of the host would add. */
  bare?: boolean
}

/**
 * A service under test: the real application on real D1 and KV. Only the clock is a fake, and bindings can be wrapped
 * to misbehave. Every reply is checked against the API description.
 */
export class Service {
  readonly clock: TestClock
  readonly env: TestEnv
  /** The mails that were sent. */
  readonly mails: Mail[] = []
  /** The text messages that were sent. */
  readonly texts: TextMessage[] = []
  /** While set, every mail fails. */
  mailFails = false
  readonly #app
  readonly #entry
  /** Whether it has the bindings that all tests have. */
  readonly isUsual: boolean
  /** Read once, as the service does. */
  #config: Promise<Config> | undefined

  /** @param hashCost the real one if a test is about the hash */
  constructor(
    changes: Partial<TestEnv> = {},
    clock = testClock(),
    hashCost: Argon2Cost = LEAST_HASH_COST,
  ) {
    this.clock = clock
    this.env = { ...env, ...changes }
    this.isUsual = Object.keys(changes).length === 0
    this.#entry = { clock, openMessengers: () => this.#messengers, hashCost }
    this.#app = createApp(this.#entry)
  }

  readonly #messengers = {
    mailer: {
      send: async (mail: Mail) => {
        if (this.mailFails) throw new Error('no mail is taken just now')
        this.mails.push(mail)
      },
    },
    texter: { send: async (message: TextMessage) => void this.texts.push(message) },
  }

  /** Does what the cron trigger does every minute. */
  async runCron(): Promise<void> {
    const context = createExecutionContext()
    await createWorker(this.#entry).scheduled?.(createScheduledController(), this.env, context)
    await waitOnExecutionContext(context)
  }

  async ask(
    method: string,
    path: string,
    { headers: given = {}, body: sent, host = 'localhost', cf, bare = false }: Ask = {},
  ) {
    const isForm = !bare && formRouteAt(method, path) !== undefined
    const body = isForm ? await this.#asFromPage(path, given, sent) : sent
    // A form without a page is sent as its page would have sent it, with its cookies.
    const cookies = isForm && body !== sent ? withCookieOfPage(given) : given
    const headers = isForm ? headersOfPage(cookies, host) : given
    const context = createExecutionContext()
    const asJson = typeof body === 'object' && !(body instanceof Uint8Array)
    const request = new Request(`http://${host}${path}`, {
      method,
      ...(cf && { cf }),
      headers: { ...(asJson && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: asJson ? JSON.stringify(body) : body }),
    })
    if (typeof body === 'string' && !('Content-Type' in headers))
      request.headers.delete('Content-Type')
    const reply = await this.#app.fetch(request, this.env, context)
    await waitOnExecutionContext(context)
    return expectDescribed(method, path, await readAnswer(reply))
  }

  /** The fields and headers that a form's page adds. Forms in tests come from a page unless they say otherwise. */
  async #asFromPage(
    path: string,
    headers: Record<string, string>,
    body: Ask['body'] = {},
  ): Promise<Ask['body']> {
    if (body instanceof Uint8Array) return body
    const services = await this.open()
    const fields =
      typeof body === 'string' ? Object.fromEntries(new URLSearchParams(body).entries()) : body
    if ('form' in fields) return body
    const owner = await ownerBy(services, headers)
    const all = await fieldsOfPage(services, path, { owner, fields })
    return typeof body === 'string' ? String(new URLSearchParams(all as Fields)) : all
  }

  logIn(parameters: Record<string, unknown>, ask: Omit<Ask, 'body'> = {}) {
    return this.ask('POST', `${API}/sessions`, { ...ask, body: parameters })
  }

  async open() {
    this.#config ??= this.isUsual ? usual() : readConfig(this.env)
    return openServices(this.env, await this.#config, this.#entry)
  }

  /** Writes the rows of a new site at once. What claims its name is tested by the operator's command. */
  async createSite(input: Partial<NewSite> = {}, regionName = 'us-east-1') {
    const ctx = await this.open()
    const region = ctx.regions.withName(regionName) as Region
    const site = { name: 'My Site', subdomain: 'mysite', ...input }
    const id = newId(region.code)
    const host = { kind: 'site', subdomain: site.subdomain } as const
    await Promise.all([
      ctx.in(region).sites.insert({ ...site, id, createdAt: this.clock() }),
      enterNames(ctx, region, [claimedName(host)]),
      ctx.siteHosts.remember(host, { region, siteId: id }).catch(() => undefined),
    ])
    return { region, ...site, id }
  }

  /** Writes the rows of a new user at once. What claims their name is tested by `createUserByClaim`. */
  async createUser(
    site: { id: number; region: Region },
    input: Partial<CreateUserInput> & { password?: string } = {},
  ) {
    const { password = 'sessionuserpassword', ...given } = input
    const user = { username: 'sessionuser', ...given }
    const ctx = await this.open()
    const all = { ...user, siteId: site.id, by: null, ...(await this.#withPassword(password)) }
    const row = userOf(all, { id: newId(site.region.code), at: this.clock() })
    const [inserted] = await Promise.all([
      ctx.in(site.region).users.insert(row, null),
      enterNames(ctx, site.region, nameKeys(user.username)),
    ])
    expect(inserted).toBe('inserted')
    return { ...user, id: row.id, password }
  }

  /** Creates a user as the service does: step by step, after a claim of their name. */
  async createUserByClaim(
    site: { id: number; region: Region },
    { password = 'sessionuserpassword', ...user }: NamedUser & { password?: string },
  ) {
    const all = { ...user, siteId: site.id, by: null, ...(await this.#withPassword(password)) }
    const id = await createUser(await this.open(), site.region, all)
    return { ...user, id, password }
  }

  async #withPassword(password: string) {
    return { passwordHash: await this.hashOf(password), passwordSetAt: this.clock() }
  }

  async hashOf(password: string): Promise<string> {
    return (await this.open()).hasher.hash(password)
  }

  /** Changes a user as an admin's tools would: the credential version rises. */
  async changeUser(id: number, set: string, database = this.env.DB_US_EAST_1): Promise<void> {
    await database
      .prepare(`UPDATE users SET ${set}, credential_version = credential_version + 1 WHERE id = ?`)
      .bind(id)
      .run()
  }
}

type NamedUser = Partial<CreateUserInput> & Pick<CreateUserInput, 'username'>
type Fields = Record<string, string>

let usualConfig: Promise<Config> | undefined

/** The configuration of all services that a test does not change. */
function usual(): Promise<Config> {
  usualConfig ??= readConfig(env)
  return usualConfig
}

/** Enters names in the directory, confirmed. */
async function enterNames(ctx: Ctx, region: Region, keys: string[]): Promise<void> {
  const names = keys.map((key) => ({ key, region }))
  const { conflicts } = await ctx.directory.restore(names, ctx.clock(), async () => true)
  expect(conflicts).toEqual([])
}

async function readAnswer(reply: Response): Promise<Answer> {
  const text = await reply.text()
  const isJson = reply.headers.get('Content-Type') === 'application/json'
  const timing = reply.headers.get('Server-Timing') ?? ''
  return {
    status: reply.status,
    headers: reply.headers,
    body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
    trips: timing === '' ? [] : timing.split(', ').map((trip) => trip.split(';')[0] ?? ''),
  }
}
