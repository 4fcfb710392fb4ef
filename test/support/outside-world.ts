import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { answerAsProvider } from './identity-provider.ts'
import { answerAsOAuth2 } from './oauth2-providers.ts'
import { OddMailServers } from './odd-mail-servers.ts'

/** The only password that the breach check knows. */
const STOLEN = 'a password somebody lost in 2019'

/** The servers that Latchkey calls over HTTP, on loopback, by the first path segment. They speak the real protocols. */
const servers: Record<string, (url: URL, reply: ServerResponse) => void> = {
  range: (url, reply) => answerRange(url, reply),
  endless: (url, reply) => answerRange(url, reply, 50_000),
  down: (_, reply) => void reply.writeHead(503).end(),
  silent: () => undefined,
  elsewhere: ({ search }, reply) =>
    void reply.writeHead(302, { Location: `/dns-query${search}` }).end(),
  'dns-query': answerDns,
}

export default async function startOutsideWorld(project: TestProject) {
  const oddMailServers = await new OddMailServers().start()
  const server = createServer((request: IncomingMessage, reply) => {
    const url = new URL(request.url ?? '', 'http://outside')
    if (url.pathname.startsWith('/op/')) return void answerAsProvider(request, reply)
    if (url.pathname.startsWith('/oauth2/')) return void answerAsOAuth2(request, reply)
    if (url.pathname === '/said-to-mail-server')
      return void reply.end(oddMailServers.saidTo(url.searchParams.get('name') ?? ''))
    const answer = servers[url.pathname.split('/')[1] ?? '']
    if (answer) answer(url, reply)
    else reply.writeHead(404).end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  project.provide('outsideWorld', `http://127.0.0.1:${port}`)
  project.provide('stolenPassword', STOLEN)
  project.provide('oddMailServers', oddMailServers.ports)
  return () => {
    oddMailServers.stop()
    server.closeAllConnections()
    server.close()
  }
}

/** Have I Been Pwned's range API, as documented, with padding. */
function answerRange({ pathname }: URL, reply: ServerResponse, times = 1): void {
  const prefix = pathname.split('/')[2] ?? ''
  if (!/^[0-9A-F]{5}$/.test(prefix)) return void reply.writeHead(400).end()
  const digest = createHash('sha1').update(STOLEN).digest('hex').toUpperCase()
  const others = Array.from({ length: times }, () => '0018A45C4D1DEF81644B54AB7F969B88D65:21')
  const lines = [...others, `${'F'.repeat(35)}:0`]
  if (digest.startsWith(prefix)) lines.push(`${digest.slice(5)}:7`)
  reply.writeHead(200, { 'Content-Type': 'text/plain' }).end(lines.join('\r\n'))
}

/** DNS over HTTPS in JSON: one name has a TXT record. */
function answerDns({ searchParams }: URL, reply: ServerResponse): void {
  const name = searchParams.get('name') ?? ''
  const Answer = name === 'proved.example' ? [{ name, type: 16, TTL: 300, data: '"a proof"' }] : []
  reply
    .writeHead(200, { 'Content-Type': 'application/dns-json' })
    .end(JSON.stringify({ Status: Answer.length > 0 ? 0 : 3, Answer }))
}
