import { setTimeout as wait } from 'node:timers/promises'
import type { D1Database } from '@cloudflare/workers-types'
import { API, startInstances } from './latchkey.ts'
import { type OwnSite, ownSite } from './own-site.ts'
import type { Started } from './started-workers.ts'

const NAMES = ['latchkey-one', 'latchkey-two'] as const

export interface Ask {
  body?: Record<string, string | boolean>
  token?: string
  /** The demo site's own host, instead of the global one. */
  onSite?: boolean
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is what types it
  body: any
  headers: Headers
}

/** Two instances of the built Worker, as Cloudflare runs many. They share only D1 and KV. */
export class TwinWorkers {
  readonly #started: Started
  #calls = 0
  /** The host that `onSite` calls. */
  subdomain = 'mysite'

  private constructor(started: Started) {
    this.#started = started
  }

  static async start(): Promise<TwinWorkers> {
    // At the real cost, since the hash is what keeps them busy.
    const twins = new TwinWorkers(await startInstances('src/local.ts', { names: [...NAMES] }))
    // One after another, since each creates missing demo data.
    for (const _ of NAMES) await twins.ask('GET', '/health')
    return twins
  }

  /** The origin of one of their hosts, as browsers send it in `Origin`. */
  get siteOrigin(): string {
    return `http://${this.subdomain}.localhost:${this.#started.port}`
  }

  /** Calls the two in turn, each time from another IP address unless a header names one. */
  async ask(
    method: string,
    path: string,
    { body, token, onSite, headers }: Ask = {},
  ): Promise<Answer> {
    const call = this.#calls++
    const url = `http://${onSite ? `${this.subdomain}.` : ''}localhost:${this.#started.port}${path}`
    const reply = await this.#started.miniflare.dispatchFetch(url, {
      method,
      redirect: 'manual',
      headers: {
        'MF-Route-Override': NAMES[call % NAMES.length] ?? '',
        'CF-Connecting-IP': `10.0.${call >> 8}.${call & 255}`,
        ...headers,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    const isJson = reply.headers.get('Content-Type')?.startsWith('application/json')
    return {
      status: reply.status,
      body: isJson ? JSON.parse(text) : text,
      headers: new Headers([...reply.headers]),
    }
  }

  /**
   * Calls that many times at once. Both Workers are kept busy meanwhile. Otherwise the first call is done before the
   * others arrive, because workerd accepts new ones only when it is idle.
   */
  async askMany(times: number, ask: (nth: number) => Promise<Answer>): Promise<Answer[]> {
    const each = Array.from({ length: times }, (_, nth) => nth)
    await Promise.all(each.map(() => this.ask('GET', '/health')))
    const body = { username: 'nobody', password: 'takes a hash to refuse' }
    const busy = NAMES.flatMap((name) => [name, name]).map(() =>
      this.ask('POST', `${API}/sessions`, { body }),
    )
    await wait(5)
    const answers = await Promise.all(each.map(ask))
    await Promise.all(busy)
    return answers
  }

  async database(): Promise<D1Database> {
    return (await this.#started.miniflare.getD1Database('DB_US_EAST_1')) as D1Database
  }

  get operatorToken(): string {
    return this.#started.keys.OPERATOR_TOKEN ?? ''
  }

  /** Switches to a separate site. */
  async begin(): Promise<OwnSite> {
    const { miniflare, port, keys } = this.#started
    const site = await ownSite({
      keys,
      origin: `http://localhost:${port}`,
      database: () => this.database(),
      dispatch: (path, init) =>
        miniflare.dispatchFetch(`http://localhost:${port}${path}`, init as never),
    })
    this.subdomain = site.subdomain
    return site
  }

  stop(): Promise<void> {
    return this.#started.stop()
  }
}
