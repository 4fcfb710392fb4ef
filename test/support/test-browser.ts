import { readForm } from '../../src/http/form-seal.ts'
import { hiddenFields, unescaped } from './hidden-fields.ts'
import type { Answer, Service } from './service.ts'

/** A browser as a server sees it: it keeps cookies by host or refuses them, and sends the source of a form. */
export class TestBrowser {
  readonly #cookies = new Map<string, Map<string, string>>()
  readonly #service: Service
  readonly #headers: Record<string, string>
  /** The settings of its user. */
  keepsCookies = true

  /** @param headers sent with each request, such as the client IP */
  constructor(service: Service, headers: Record<string, string> = {}) {
    this.#service = service
    this.#headers = headers
  }

  /** Its cookies by host, to go on with in another browser by `withCookies`. */
  get cookies(): Record<string, Record<string, string>> {
    return Object.fromEntries(
      [...this.#cookies].map(([hostname, cookies]) => [hostname, Object.fromEntries(cookies)]),
    )
  }

  withCookies(cookies: TestBrowser['cookies']): this {
    for (const [hostname, kept] of Object.entries(cookies))
      this.#cookies.set(hostname, new Map(Object.entries(kept)))
    return this
  }

  async open(address: string): Promise<Answer> {
    const { hostname, pathname, search } = new URL(address)
    const headers = { Accept: 'text/html', ...this.#headers, ...this.#sent(hostname) }
    return this.#keep(
      hostname,
      await this.#service.ask('GET', pathname + search, { host: hostname, headers }),
    )
  }

  async send(address: string, body: Record<string, string>): Promise<Answer> {
    const { hostname, pathname, origin } = new URL(address)
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const headers = {
      Accept: 'text/html',
      Origin: origin,
      ...form,
      ...this.#headers,
      ...this.#sent(hostname),
    }
    const asked = { host: hostname, headers, body: new URLSearchParams(body).toString() }
    return this.#keep(hostname, await this.#service.ask('POST', pathname, asked))
  }

  /** Follows a redirect; returns any other reply itself. */
  async follow(address: string, answer: Answer): Promise<Answer> {
    const place = answer.headers.get('Location')
    return place === null ? answer : this.open(new URL(place, address).href)
  }

  cookie(hostname: string, name: string): string | undefined {
    return this.#cookies.get(hostname)?.get(name)
  }

  #sent(hostname: string): Record<string, string> {
    const pairs = [...(this.#cookies.get(hostname) ?? [])]
    const Cookie = pairs.map(([name, value]) => `${name}=${value}`).join('; ')
    return Cookie === '' ? {} : { Cookie }
  }

  #keep(hostname: string, answer: Answer): Answer {
    if (!this.keepsCookies) return answer
    const kept = this.#cookies.get(hostname) ?? new Map<string, string>()
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') kept.delete(name)
      else kept.set(name, value)
    }
    this.#cookies.set(hostname, kept)
    return answer
  }
}

/** The sealed values that a page's form with this action acts on, which only the service can read. */
export async function shownBy(
  service: Service,
  page: string,
  action: string,
): Promise<Record<string, string>> {
  const { form } = hiddenFields(page, action)
  const request = new Request(`http://localhost${action}`)
  const sealed = await readForm(await service.open(), { values: { form }, texts: {} }, request)
  return sealed?.shown ?? {}
}

/** The challenge that a page gives the browser for a security key, or null without a button for one. */
export function keyOptionsOn(page: string) {
  const [, options = 'null'] = /data-key="get"[^>]*data-options="([^"]*)"/.exec(page) ?? []
  return JSON.parse(unescaped(options))
}
