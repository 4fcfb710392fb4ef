import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

const NOT_FOUND = { code: 10007, message: 'This Worker does not exist.' }

/** Replies of Cloudflare's API for a Worker that does not exist yet, by the end of the path. */
const answers: [path: RegExp, result: unknown][] = [
  [/\/query$/, [{ results: [], success: true, meta: {} }]],
  [/\/deployments$/, { deployments: [] }],
  [/\/scripts\/[\w-]+$/, { id: 'id', tag: 'tag', deployment_id: 'id', startup_time_ms: 1 }],
  [/\/workers\/workers\/[\w-]+$/, { subdomain: { enabled: false, previews_enabled: false } }],
  [/\/changeset$/, { added: [], removed: [], updated: [], conflicting: [] }],
  [/\/services\/[\w-]+$/, NOT_FOUND],
  [/\/secrets$/, NOT_FOUND],
]

/** The parts of Cloudflare's API that wrangler calls for this project's commands. */
export class FakeCloudflare {
  /** Requests to paths with these ends fail. */
  failing: RegExp | null = null
  /** The requests that change something: method and path below the account. */
  readonly changes: string[] = []
  readonly secrets: Record<string, string> = {}
  /** The metadata of the last uploaded Worker. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is what types it
  uploaded: any
  /** The paths of the static assets that were uploaded with it. */
  readonly assets: string[] = []
  /** The digests of assets that are not uploaded yet. */
  readonly #missing = new Map<string, string>()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<FakeCloudflare> {
    const server = createServer()
    const cloudflare = new FakeCloudflare(server)
    server.on('request', async (request, reply) => {
      const result = await cloudflare.#answer(request)
      const refused = result === NOT_FOUND ? 404 : result === null ? 500 : 200
      const errors = refused === 200 ? [] : [result ?? { code: 1, message: 'down' }]
      reply.writeHead(refused, { 'Content-Type': 'application/json' })
      reply.end(JSON.stringify({ success: refused === 200, errors, messages: [], result }))
    })
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    return cloudflare
  }

  get environment(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo
    return {
      CLOUDFLARE_API_BASE_URL: `http://localhost:${port}`,
      CLOUDFLARE_API_TOKEN: 'token',
      CLOUDFLARE_ACCOUNT_ID: 'account',
      WRANGLER_SEND_METRICS: 'false',
    }
  }

  /** The API's reply to a request, or null for a failure. */
  async #answer(request: IncomingMessage): Promise<unknown> {
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    const body = await text(request)
    if (request.method !== 'GET')
      this.changes.push(`${request.method} ${pathname.replace('/accounts/account', '')}`)
    if (this.failing?.test(pathname)) return null
    if (pathname.endsWith('/secrets-bulk')) this.#takeSecrets(body)
    if (pathname.endsWith('/assets-upload-session')) return this.#wantAssets(body)
    if (pathname.endsWith('/assets/upload')) return this.#takeAssets(body)
    if (request.method === 'PUT' && /\/scripts\/[\w-]+$/.test(pathname))
      this.uploaded = JSON.parse(/name="metadata"\s+(\{.*\})/.exec(body)?.[1] ?? 'null')
    return answers.find(([path]) => path.test(pathname))?.[1] ?? {}
  }

  #wantAssets(body: string): unknown {
    const { manifest } = JSON.parse(body) as { manifest: Record<string, { hash: string }> }
    for (const [path, { hash }] of Object.entries(manifest)) this.#missing.set(hash, path)
    return { jwt: 'session', buckets: [[...this.#missing.keys()]] }
  }

  /** The reply to the last upload has the token that the Worker is uploaded with. */
  #takeAssets(body: string): unknown {
    for (const [, hash = ''] of body.matchAll(/form-data; name="(\w+)"/g)) {
      this.assets.push(this.#missing.get(hash) ?? 'not asked for')
      this.#missing.delete(hash)
    }
    return this.#missing.size === 0 ? { jwt: 'all assets' } : {}
  }

  #takeSecrets(body: string): void {
    const sent = Object.values<{ name: string; text: string }>(JSON.parse(body).secrets)
    for (const { name, text: value } of sent) this.secrets[name] = value
  }

  stop(): void {
    this.#server.close()
  }
}
