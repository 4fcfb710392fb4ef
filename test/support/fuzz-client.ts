import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { expect, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { HOUR, SECOND } from '../../src/storage/clock.ts'
import { describedPath, expectDescribed } from './expect-described.ts'
import { ALLOWED_ORIGIN, type Live, showCredential } from './header-generators.ts'
import { LEAST_HASH_COST } from './least-hash-cost.ts'
import { fieldsOfPage, formRouteAt, ownerBy } from './page-form.ts'
import type { FuzzRequest } from './request-generators.ts'
import { API, SDK, Service } from './service.ts'
import { testClock } from './test-clock.ts'
import { fuzzUser, SECRET_MARK } from './text-generators.ts'

/** The outcomes of all requests, counted over all clients. */
export class FuzzCount {
  all = 0
  /** Requests that the runtime itself refused to send. */
  unsendable = 0
  readonly statuses = new Set<number>()
}

/**
 * Sends generated requests to the application as an admin of a separate site, and checks the invariants of every
 * reply. Calls to other hosts find nothing there.
 */
export class FuzzClient {
  readonly #count: FuzzCount
  readonly #clock = testClock()
  readonly #service = new Service({ ALLOWED_ORIGINS: ALLOWED_ORIGIN }, this.#clock)
  readonly #app = createApp({
    clock: this.#clock,
    openMessengers: () => ({
      mailer: { send: async () => undefined },
      texter: { send: async () => undefined },
    }),
    hashCost: LEAST_HASH_COST,
  })
  readonly #log = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')]
  #userId = 0
  #live: Live | null = null

  private constructor(count: FuzzCount) {
    this.#count = count
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ Status: 3 }))
  }

  static async open(count: FuzzCount): Promise<FuzzClient> {
    const client = new FuzzClient(count)
    const site = await client.#service.createSite()
    const user = await client.#service.createUser(site, { ...fuzzUser, siteAdmin: true })
    client.#userId = user.id
    return client
  }

  /** @throws {Error} if the reply violates an invariant */
  async send(generated: FuzzRequest): Promise<void> {
    this.#live ??= await this.#logIn()
    const live = this.#live
    const request = requestOf(await this.#asFromPage(generated, live), live)
    this.#count.all++
    if (!request) {
      this.#count.unsendable++
      return
    }
    for (const lines of this.#log) lines.mockClear()

    this.#clock.advance(SECOND)
    const context = createExecutionContext()
    const reply = await this.#app.fetch(request, this.#service.env, context)
    await waitOnExecutionContext(context)
    const text = await reply.text()

    this.#count.statuses.add(reply.status)
    if (reply.ok && mayEndSessions(request)) this.#live = null
    expect(reply.status, text).toBeLessThan(500)
    const body = bodyOf(request, reply, text)
    // A page has no body with HEAD.
    const isHtml = reply.headers.get('Content-Type')?.startsWith('text/html')
    if (reply.status >= 400 && !(isHtml && isPage(request))) expectErrorObject(reply, body)
    expectForeseen(request, reply, body)
    expect([null, ALLOWED_ORIGIN]).toContain(reply.headers.get('Access-Control-Allow-Origin'))
    const told = JSON.stringify([...reply.headers]) + text
    expect(told.includes(SECRET_MARK), `a secret is in the reply ${told}`).toBe(false)
    const logged = JSON.stringify(this.#log.map((lines) => lines.mock.calls))
    for (const secret of [SECRET_MARK, ...Object.values(live)])
      expect(logged.includes(secret), `a secret is in the log ${logged}`).toBe(false)
  }

  /** The fields that a page would add. Without them, every form would be refused before it is read. */
  async #asFromPage(generated: FuzzRequest, live: Live): Promise<FuzzRequest> {
    const { method, path, body } = generated
    if (!formRouteAt(method, path) || typeof body?.text !== 'string') return generated
    const services = await this.#service.open()
    const owner = await ownerBy(services, { 'X-FilesAPI-Auth': live.session })
    const { form } = await fieldsOfPage(services, path, { owner, fields: {} })
    const text = body.text.startsWith('{')
      ? body.text.replace('{', `{"form":"${form}",`).replace(',}', '}')
      : `${body.text}&form=${form}`
    return { ...generated, body: { ...body, text } }
  }

  /** Requests may have locked the user out, which ends with time, or have changed them. */
  async #logIn(): Promise<Live> {
    const hash = await this.#service.hashOf(fuzzUser.password)
    for (let hours = 0; hours < 48; hours++) {
      const { status, body } = await this.#service.logIn(fuzzUser, { headers: SDK })
      if (status === 201) {
        const operator = this.#service.env.OPERATOR_TOKEN ?? ''
        return { session: body.id, token: body.token, operator }
      }
      await this.#service.changeUser(
        this.#userId,
        `disabled = 0, require_password_change = 0, password_hash = '${hash}'`,
      )
      this.#clock.advance(HOUR)
    }
    throw new Error('the fuzz user cannot log in any more')
  }
}

function mayEndSessions({ method, url }: Request): boolean {
  const { pathname } = new URL(url)
  return (
    method === 'DELETE' || (method !== 'GET' && /^\/(operator|account|logout)\b/.test(pathname))
  )
}

/** The request, or null if the runtime refuses its method, URL or headers. */
function requestOf(generated: FuzzRequest, live: Live): Request | null {
  const { method, host, path, query, headers, body } = generated
  const bytes = typeof body?.text === 'string' ? new TextEncoder().encode(body.text) : body?.text
  try {
    const sent = new Headers()
    for (const [name, value] of headers) sent.append(name, showCredential(value, live))
    if (body && body.type !== null) sent.set('Content-Type', body.type)
    return new Request(`http://${host}${path}${query}`, {
      method,
      headers: sent,
      body: bytes ?? null,
    })
  } catch {
    return null
  }
}

/** Pages show errors as a page, and so does everything for browsers outside the API. */
function isPage({ url, headers }: Request): boolean {
  const { pathname } = new URL(url)
  const isForPerson = headers.get('Accept')?.includes('text/html')
  return (
    /^\/(forgot|reset|login(\/\w+)*|logout|login_from_desktop|login_from_oauth(\/[^/]+)?|logged_out|pairing(\/\w+)*|(account|admin)(\/\w+)*)$/.test(
      pathname,
    ) ||
    (isForPerson === true && !/^\/(api|operator|\.well-known)\//.test(pathname))
  )
}

function bodyOf(request: Request, reply: Response, text: string): unknown {
  if (request.method === 'HEAD' || [204, 303, 304].includes(reply.status)) {
    expect(text).toBe('')
    return undefined
  }
  const type = reply.headers.get('Content-Type') ?? ''
  if (/^(text\/(html|css|csv|javascript)|image\/.+)\b/.test(type) && (reply.ok || isPage(request)))
    return text
  expect(type).toBe('application/json')
  return JSON.parse(text)
}

const optionalErrorFields = ['data', 'errors', 'model_errors']

function expectErrorObject({ status, headers }: Response, body: unknown): void {
  const type = headers.get('X-Files-Error-Class')
  expect(type).toMatch(/^[a-z]+(-[a-z0-9]+)*\/[a-z0-9-]+$/)
  expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f]{32}$/)
  expect(headers.get('Cache-Control')).toBe('no-store')
  if (status === 405) expect(headers.get('Allow')).toMatch(/^[A-Z]+(, [A-Z]+)*$/)
  if (body === undefined) return
  const fields = Object.entries(body as object)
  expect(
    Object.fromEntries(fields.filter(([name]) => !optionalErrorFields.includes(name))),
  ).toEqual({
    error: expect.stringMatching(/\S/),
    'http-code': status,
    instance: headers.get('X-Request-Id'),
    title: expect.stringMatching(/^[A-Z0-9]/),
    type,
  })
}

/** Checks that the reply is described, or is a 404 where there is no endpoint. */
function expectForeseen(request: Request, reply: Response, body: unknown): void {
  if (request.method === 'OPTIONS' && reply.status === 204) return
  const { pathname } = new URL(request.url)
  const path = pathname.startsWith(`${API}/`) ? pathname.replace(/\/*(\.json)?\/*$/, '') : pathname
  const type = reply.headers.get('X-Files-Error-Class')
  // Every API route can return this; the description does not list it yet.
  if (type === 'site-configuration/no-account-for-site') expect(reply.status).toBe(403)
  else if (path.endsWith('.json') && !describedPath(path))
    expect([403, 404]).toContain(reply.status)
  else
    expectDescribed(request.method, path, {
      status: reply.status,
      headers: reply.headers,
      body,
      trips: [],
    })
}
