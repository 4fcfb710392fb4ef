import * as z from 'zod'
import { askOutside } from '../http/ask-outside.ts'
import { Problem } from '../http/problem.ts'
import { SECOND } from '../storage/clock.ts'

/** Looks up the TXT records of a name. */
export interface TxtResolver {
  /** @throws {Problem} resolver-unavailable */
  txt(name: string): Promise<string[]>
}

const LIMITS = { milliseconds: 5 * SECOND, bytes: 64 * 1024 }
const TXT = 16

/** The JSON form of DNS over HTTPS, as Cloudflare's and Google's resolvers return it. */
const dnsAnswer = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).default([]),
})
const NO_ERROR = 0
const NO_SUCH_NAME = 3

export class DnsOverHttps implements TxtResolver {
  readonly #endpoint: URL

  /** @param endpoint set by the operator, such as https://cloudflare-dns.com/dns-query */
  constructor(endpoint: URL) {
    this.#endpoint = endpoint
  }

  async txt(name: string): Promise<string[]> {
    const url = new URL(this.#endpoint)
    url.search = new URLSearchParams({ name, type: 'TXT' }).toString()
    const { Status, Answer } = await this.#ask(url)
    if (Status === NO_SUCH_NAME) return []
    if (Status !== NO_ERROR) throw unavailable(`the resolver answered with code ${Status}`)
    return Answer.filter(({ type }) => type === TXT).map(({ data }) => unquote(data))
  }

  async #ask(url: URL): Promise<z.infer<typeof dnsAnswer>> {
    try {
      const headers = { Accept: 'application/dns-json' }
      const reply = await askOutside(url, { headers }, LIMITS)
      if (!reply.ok) throw new Error(`the resolver answered ${reply.status}`)
      return dnsAnswer.parse(await reply.json())
    } catch (error) {
      throw unavailable(error instanceof Error ? error.message : String(error))
    }
  }
}

/** A record longer than 255 bytes is split into quoted strings. */
function unquote(data: string): string {
  if (!data.startsWith('"')) return data
  const strings = data.match(/"((?:[^"\\]|\\.)*)"/g) ?? []
  return strings.map((quoted) => quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1')).join('')
}

function unavailable(reason: string): Problem {
  return new Problem('service-unavailable/resolver-unavailable', {
    reason,
    headers: { 'Retry-After': '10' },
  })
}
