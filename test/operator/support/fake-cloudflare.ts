import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** Cloudflare's API as far as `wrangler secret bulk` asks it. */
export class FakeCloudflare {
  fails = false
  received: Record<string, string> = {}
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<FakeCloudflare> {
    const server = createServer()
    const cloudflare = new FakeCloudflare(server)
    server.on('request', async (request, reply) => {
      const result = await cloudflare.#answer(request)
      reply.writeHead(cloudflare.fails ? 500 : 200, { 'Content-Type': 'application/json' })
      const errors = cloudflare.fails ? [{ code: 1, message: 'down' }] : []
      reply.end(JSON.stringify({ success: !cloudflare.fails, errors, messages: [], result }))
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

  async #answer(request: IncomingMessage): Promise<unknown> {
    const body = await text(request)
    if (this.fails || !request.url?.endsWith('/latchkey-production/secrets-bulk')) return {}
    const sent = Object.values<{ name: string; text: string }>(JSON.parse(body).secrets)
    this.received = Object.fromEntries(sent.map(({ name, text: value }) => [name, value]))
    return {}
  }

  stop(): void {
    this.#server.close()
  }
}
