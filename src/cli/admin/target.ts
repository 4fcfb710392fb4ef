import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { env } from 'node:process'
import { parseEnv } from 'node:util'
import { openFolder, startLocalServer } from '../local-server.ts'
import { keysFileIn, LOCAL_STATE } from '../local-state.ts'
import { fail } from '../options.ts'
import { lockFolder } from '../running-service.ts'
import { OperatorApi } from './operator-api.ts'
import { readSecret } from './secret-input.ts'

const TOKEN_VARIABLE = 'LATCHKEY_OPERATOR_TOKEN'

export interface TargetOptions {
  remote?: boolean | undefined
  origin?: string | undefined
  'persist-to'?: string | undefined
  regions?: boolean | undefined
}

/** The service to administer, and how to close it. */
interface Target {
  api: OperatorApi
  close: () => Promise<void>
}

/** Opens the service. A remote service needs a token; a local one's is in its state folder. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  return options.remote ? openRemote(options) : openLocal(options)
}

async function openRemote({ origin = productionOrigin() }: TargetOptions): Promise<Target> {
  const { protocol, hostname } = urlOf(origin)
  if (protocol !== 'https:' && !isThisMachine(hostname))
    fail(`The operator's token is sent over HTTPS only; ${origin} is not.`)
  const token = env[TOKEN_VARIABLE] || (await askForToken())
  return { api: new OperatorApi(urlOf(origin).origin, token), close: async () => undefined }
}

function askForToken(): Promise<string> {
  if (!process.stdin.isTTY) fail(`Give the operator's token in ${TOKEN_VARIABLE}.`)
  return readSecret('Operator token')
}

/** Uses the service that runs on the state folder, or starts one for as long as the command runs. */
async function openLocal(options: TargetOptions): Promise<Target> {
  const stateFolder = options['persist-to'] ?? LOCAL_STATE
  if (options.origin !== undefined) return openNamed(options.origin, stateFolder)
  openFolder(stateFolder)
  const running = await lockFolder(stateFolder)
  if (running) return openAt(running.origin, keysFileIn(stateFolder))
  const server = await startLocalServer({
    port: await freePort(),
    stateFolder,
    environment: options.regions ? 'regions' : 'top level',
    output: 'error',
    step: (_, work) => work(),
  })
  return { ...openAt(server.origin, server.keys), close: server.stop }
}

async function openNamed(named: string, stateFolder: string): Promise<Target> {
  const { origin, hostname } = urlOf(named)
  if (!isThisMachine(hostname)) fail(`${origin} is not on this machine: add --remote.`)
  await checkServed(origin)
  const keys = keysFileIn(stateFolder)
  if (!existsSync(keys))
    fail(`There is no ${keys}. Name the state folder of the service at ${origin}: --persist-to`)
  return openAt(origin, keys)
}

function openAt(origin: string, keys: string): Target {
  return { api: new OperatorApi(origin, tokenIn(keys)), close: async () => undefined }
}

async function checkServed(origin: string): Promise<void> {
  const reply = await fetch(`${origin}/health`, { redirect: 'error' }).catch(() => null)
  if (!reply) fail(`Nothing answers at ${origin}. Leave --origin out to use the local service.`)
  const health = await reply.json().catch(() => null)
  if (!health?.regions) fail(`What answers at ${origin} is not Latchkey. Name another --origin.`)
}

function tokenIn(keys: string): string {
  const token = parseEnv(readFileSync(keys, 'utf8')).OPERATOR_TOKEN
  return token ?? fail(`${keys} has no OPERATOR_TOKEN. The next \`npm start\` adds one.`)
}

/** GLOBAL_ORIGIN of the production environment in wrangler.toml. */
function productionOrigin(): string {
  const [, production = ''] = readFileSync('wrangler.toml', 'utf8').split(
    /^\[env\.production\.vars\]$/m,
  )
  const [settings = ''] = production.split(/^\[/m)
  const [, origin] = /^GLOBAL_ORIGIN\s*=\s*"([^"]+)"/m.exec(settings) ?? []
  if (origin && !origin.endsWith('.example.com')) return origin
  return fail('wrangler.toml has no GLOBAL_ORIGIN for production yet: name it by --origin.')
}

function urlOf(origin: string): URL {
  return URL.parse(origin) ?? fail(`${origin} is no address such as https://latchkey.example.com.`)
}

function isThisMachine(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname.endsWith('.localhost')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
