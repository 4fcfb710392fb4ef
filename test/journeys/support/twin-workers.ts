import { setTimeout as wait } from 'node:timers/promises'
import type { D1Database } from '@cloudflare/workers-types'
import { API, startInstances } from './latchkey.ts'
import { type OwnSite, ownSite } from './own-site.ts'
import type { Started } from './started-workers.ts'

const NAMES = ['latchkey-one', 'latchkey-two'] as const

export interface Ask {
  body?: Record<string, string | boolean>
  token?: string
  /** The demo site's own host, in place of the global one. */
  onSite?: boolean
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is what types it
  body: any
  headers: Headers
}

/** Two instances of the built Worker, as Cloudflare runs many: of one mind only by D1 and KV. */
export class TwinWorkers {
  readonly #started: Started
  #calls = 0
  /** That `onSite` asks. */
  subdomain = 'mysite'

  private constructor(started: Started) {
    this.#started = started
  }

  static async start(): Promise<TwinWorkers> {
    // At the real cost: the hash is what keeps them busy.
    const twins = new TwinWorkers(await startInstances('src/local.ts', { names: [...NAMES] }))
    // One after the other: each makes the demo data where there is none yet.
    for (const _ of NAMES) await twins.ask('GET', '/health')
    return twins
  }

  /** The address of a host of theirs, as browsers write it in `Origin`. */
  get siteOrigin(): string {
    return `http://${this.subdomain}.localhost:${this.#started.port}`
  }

  /** Asks the one and the other in turn, each time as another caller unless a header says where it is. */
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
   * Asks so many times at once. Both are kept busy meanwhile: else the first call is done before the
   * others have come, because workerd looks for new ones only when it has nothing else to do.
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

  /** Goes on with a site of its own. */
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
