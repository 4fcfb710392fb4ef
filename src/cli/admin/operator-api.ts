/** A row of a list, or an object. */
export type Row = Record<string, string | number | boolean | null>

/** The longest time for a request, in milliseconds. */
const REQUEST_LIMIT_MS = 30_000
const ROWS_A_PAGE = '1000'

/** The service refused a request or could not be reached. The message is for people. */
export class Refusal extends Error {
  override name = 'Refusal'
  /** The status of the reply; null if there was none. */
  readonly status: number | null

  constructor(message: string, status: number | null = null) {
    super(message)
    this.status = status
  }
}

/** Returns a name as one path segment. A dot segment would vanish from the path, and no name is one. */
export function pathSegment(name: string): string {
  if (/^\.\.?$/.test(name)) throw new Refusal(`Nothing is named ${name}`)
  return encodeURIComponent(name)
}

/** The operator API of one service. What it refuses is thrown as a Refusal. */
export class OperatorApi {
  readonly #origin: string
  readonly #token: string

  constructor(origin: string, token: string) {
    this.#origin = origin
    this.#token = token
  }

  async show(path: string): Promise<Row> {
    return (await this.#ask('GET', path)).json()
  }

  async create(path: string, parameters: Record<string, unknown>): Promise<Row> {
    return (await this.#ask('POST', path, parameters)).json()
  }

  async change(path: string, parameters?: Record<string, unknown>): Promise<void> {
    await this.#ask('POST', path, parameters)
  }

  async end(path: string): Promise<void> {
    await this.#ask('DELETE', path)
  }

  /** Reads a list page by page, so that it fits into memory. */
  async *list(path: string, filter: Record<string, string | undefined>): AsyncGenerator<Row[]> {
    const query = new URLSearchParams({ per_page: ROWS_A_PAGE })
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value)
    for (let cursor: string | null = ''; cursor !== null; ) {
      query.set('cursor', cursor)
      const reply = await this.#ask('GET', `${path}?${query}`)
      yield reply.json()
      cursor = reply.headers.get('X-Files-Cursor')
    }
  }

  /** Does work page by page and yields each page's result. */
  async *workOff<Page>(path: string, parameters: Record<string, unknown>): AsyncGenerator<Page> {
    for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
      const reply = await this.#ask('POST', path, { ...parameters, ...(cursor && { cursor }) })
      yield reply.json()
      cursor = reply.headers.get('X-Files-Cursor')
    }
  }

  /** The names of the service's regions. */
  async regions(): Promise<string[]> {
    const reply = await this.#fetch('/health', {})
    const { regions = {} } = await reply.json().catch(() => ({}))
    return Object.keys(regions)
  }

  async #ask(method: string, path: string, body?: Record<string, unknown>): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.#token}` }
    const json = { 'Content-Type': 'application/json' }
    const reply = await this.#fetch(`/operator/v1${path}`, {
      method,
      headers: body ? { ...headers, ...json } : headers,
      body: body ? JSON.stringify(body) : null,
    })
    if (reply.ok) return reply
    throw new Refusal(await explanation(reply, this.#origin), reply.status)
  }

  /** Redirects are not followed, so that the token is sent to this origin only. */
  async #fetch(path: string, request: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(REQUEST_LIMIT_MS)
    try {
      return await fetch(this.#origin + path, { ...request, signal, redirect: 'error' })
    } catch (error) {
      throw new Refusal(`${this.#origin} does not answer: ${rootMessage(error)}.`)
    }
  }
}

async function explanation(reply: Response, origin: string): Promise<string> {
  const { error, instance } = await reply.json().catch(() => ({}))
  if (!error)
    return `${origin} answered ${reply.status}, and nothing that this command understands.`
  const hint =
    reply.status === 401
      ? ` The service at ${origin} runs with another OPERATOR_TOKEN, or none.`
      : ''
  return `${error}${hint} (request ${instance})`
}

function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : rootMessage(error.cause)
}
