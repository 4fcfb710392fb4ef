import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { ValidationServer, type Yubikey } from '../../support/yubikey.ts'

export interface SentText {
  path: string
  authorization: string
  form: Record<string, string>
}

/**
 * A text message service with Twilio's Messages resource, and a validation server with Yubico's protocol, on one
 * local port.
 */
export class CodeServices {
  readonly texts: SentText[] = []
  readonly validation: ValidationServer
  /** The status of the text message service's next reply, instead of 201. */
  readonly refusals: { status: number; body: string }[] = []
  readonly #server = createServer((request, reply) =>
    this.#answer(request).then(async (answer) => {
      reply.writeHead(answer.status, { 'Content-Type': answer.headers.get('Content-Type') ?? '' })
      reply.end(await answer.text())
    }),
  )

  #port = 0

  constructor(...keys: Yubikey[]) {
    this.validation = new ValidationServer(...keys)
  }

  /** Starts it, on the same port each time. */
  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(this.#port, 'localhost', done))
    this.#port = (this.#server.address() as AddressInfo).port
    return `http://localhost:${this.#port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }

  async #answer(request: IncomingMessage): Promise<Response> {
    const url = new URL(request.url ?? '', 'http://localhost')
    if (url.pathname === '/wsapi/2.0/verify') return this.validation.answer(url)
    const refusal = this.refusals.shift()
    if (refusal) return new Response(refusal.body, { status: refusal.status })
    this.texts.push({
      path: url.pathname,
      authorization: request.headers.authorization ?? '',
      form: Object.fromEntries(new URLSearchParams(await text(request))),
    })
    return Response.json(
      { sid: 'SM00000000000000000000000000000000', status: 'queued' },
      { status: 201 },
    )
  }
}
