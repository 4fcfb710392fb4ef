import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'

interface Odd {
  greeting: string
  talk: (socket: Socket, said: string) => void
}

/** Misbehaving mail servers, by what they do. */
const odd: Record<string, Odd> = {
  'hangs up after EHLO': {
    greeting: '220 hi',
    talk: (socket) => socket.end('250-odd\r\n250 STARTTLS\r\n'),
  },
  'speaks another protocol': { greeting: 'HTTP/1.1 400 Bad Request', talk: () => undefined },
  'slips an answer in before TLS is up': {
    greeting: '220 hi',
    talk: (socket, said) =>
      socket.write(
        said.startsWith('EHLO') ? '250-odd\r\n250 STARTTLS\r\n' : '220 go\r\n235 ok\r\n',
      ),
  },
  'never says a word': { greeting: '', talk: () => undefined },
}

/** The servers on loopback, each on its own port. */
export class OddMailServers {
  readonly ports: Record<string, number> = {}
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  readonly #said = new Map<string, string[]>()

  async start(): Promise<this> {
    for (const [name, { greeting, talk }] of Object.entries(odd)) {
      const said: string[] = []
      this.#said.set(name, said)
      const server = createServer((socket) => {
        this.#sockets.add(socket)
        socket.on('error', () => undefined)
        if (greeting) socket.write(`${greeting}\r\n`)
        socket.on('data', (data) => {
          said.push(String(data))
          talk(socket, String(data))
        })
      })
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
      this.#servers.push(server)
      this.ports[name] = (server.address() as AddressInfo).port
    }
    return this
  }

  /** What one of them received. */
  saidTo(name: string): string {
    return this.#said.get(name)?.join('') ?? ''
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    for (const server of this.#servers) server.close()
  }
}
