import { readFileSync } from 'node:fs'
import type { AddressInfo, Server } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

const tls = {
  key: readFileSync('test/support/tls/localhost-key.pem'),
  cert: readFileSync('test/support/tls/localhost.pem'),
}

export const USER = 'latchkey@example.com'
export const PASSWORD = 'p%w d:/@ü'

/** A real SMTP server on loopback, which requires a password and stores the mails. */
export class MailServer {
  readonly mails: Email[] = []
  /** Whether each password arrived under TLS. */
  readonly passwordsUnderTls: boolean[] = []
  readonly #options: SMTPServerOptions
  #server: SMTPServer | undefined
  #port = 0

  constructor(options: SMTPServerOptions = {}) {
    this.#options = options
  }

  /** Starts it, on the same port each time. */
  async start(): Promise<this> {
    this.#server = new SMTPServer({
      ...tls,
      authMethods: ['PLAIN', 'LOGIN'],
      onAuth: ({ username, password }, { secure }, callback) => {
        this.passwordsUnderTls.push(secure)
        if (username === USER && password === PASSWORD) callback(null, { user: username })
        else callback(new Error(`no such user: ${username}`))
      },
      onData: (stream, _, callback) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk) => chunks.push(chunk))
        stream.on('end', async () => {
          this.mails.push(await PostalMime.parse(Buffer.concat(chunks)))
          callback()
        })
      },
      ...this.#options,
    })
    this.#server.on('error', () => undefined)
    this.#port = await listening(this.#server.server as Server, this.#port)
    return this
  }

  async stop(): Promise<void> {
    await new Promise<void>((closed) => this.#server?.close(closed))
  }

  url(scheme: 'smtp' | 'smtps', password = PASSWORD): string {
    const [user, secret] = [USER, password].map(encodeURIComponent)
    return `${scheme}://${user}:${secret}@localhost:${this.#port}`
  }
}

async function listening(server: Server, port: number): Promise<number> {
  await new Promise<void>((ready) => server.listen(port, 'localhost', ready))
  return (server.address() as AddressInfo).port
}
