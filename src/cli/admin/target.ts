import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { env } from 'node:process'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import { fail } from '../fail.ts'
import { isAnswering, startLocalServer } from '../local-server.ts'
import {
  ensureLocalKeys,
  keysFileIn,
  LOCAL_STATE,
  type LocalEnvironment,
  migrateLocally,
} from '../local-state.ts'
import { OperatorApi } from './operator-api.ts'
import { readSecret } from './secret-input.ts'

const DEFAULT_ORIGIN = 'http://localhost:8787'
const TOKEN_VARIABLE = 'LATCHKEY_OPERATOR_TOKEN'

export interface TargetOptions {
  remote?: boolean | undefined
  origin?: string | undefined
  'persist-to'?: string | undefined
  regions?: boolean | undefined
}

/** The service that is administered, and how to be done with it. */
export interface Target {
  api: OperatorApi
  close: () => Promise<void>
}

/** Asks for the token of a remote service; a local one's is in its state folder. */
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

async function openLocal(options: TargetOptions): Promise<Target> {
  const { origin } = urlOf(options.origin ?? DEFAULT_ORIGIN)
  if (!isThisMachine(new URL(origin).hostname))
    fail(`${origin} is not on this machine: say --remote.`)
  const stateFolder = options['persist-to'] ?? LOCAL_STATE
  if (!(await isServed(origin)))
    return startForNow(stateFolder, options.regions ? 'regions' : 'top level')
  const keys = keysFileIn(stateFolder)
  if (!existsSync(keys))
    fail(`There is no ${keys}. Name the state folder of what runs at ${origin} by --persist-to.`)
  return { api: new OperatorApi(origin, tokenIn(keys)), close: async () => undefined }
}

/** Runs the local service for as long as this command does. */
async function startForNow(stateFolder: string, environment: LocalEnvironment): Promise<Target> {
  const keys = await ensureLocalKeys(stateFolder)
  await migrateLocally(stateFolder, environment)
  const port = String(await freePort())
  const server = startLocalServer({
    port,
    stateFolder,
    keys,
    environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  process.on('exit', () => server.process.kill('SIGTERM'))
  const printed = Promise.all([server.process.stdout, server.process.stderr].map(printedOn))
  const close = async () => {
    const exited = once(server.process, 'exit')
    if (server.process.kill('SIGTERM')) await exited
  }
  if (await isAnswering(server))
    return { api: new OperatorApi(server.origin, tokenIn(keys)), close }
  await close()
  return fail(`The local service did not come up.\n${(await printed).join('\n')}`)
}

function printedOn(stream: NodeJS.ReadableStream | null): Promise<string> | string {
  return stream ? text(stream) : ''
}

async function isServed(origin: string): Promise<boolean> {
  const reply = await fetch(`${origin}/health`, { redirect: 'error' }).catch(() => null)
  if (!reply) return false
  const health = await reply.json().catch(() => null)
  if (!health?.regions) fail(`What answers at ${origin} is not Latchkey. Name another --origin.`)
  return true
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
