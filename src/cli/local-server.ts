import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { writeAssets } from './assets.ts'
import {
  ensureLocalKeys,
  environmentFlags,
  type LocalEnvironment,
  migrateLocally,
  WRANGLER,
} from './local-state.ts'
import { isItself, newStartId, type RunningService } from './running-service.ts'

/** The longest time for the Worker to start, even on a busy machine, in milliseconds. */
const START_LIMIT_MS = 300_000
const ASKED_AGAIN_MS = 100
/** The longest time for the server to end its processes, in milliseconds. */
const END_LIMIT_MS = 10_000

/** A problem that the user can fix. The message says how. */
export class StartError extends Error {
  override name = 'StartError'
}

export interface LocalServer extends RunningService {
  process: ChildProcess
  /** The path of the secrets' env file. */
  keys: string
  /** Ends the server and its processes. */
  stop(): Promise<void>
}

/** Runs one step of the start, and may show it. */
type Step = <Result>(title: string, work: () => Promise<Result>) => Promise<Result>

/** Creates a folder and its parents one by one, because Node's own `recursive` never ends below /proc. */
function createFolder(path: string): void {
  if (existsSync(path)) return
  createFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another command may have created it meanwhile.
    if (!existsSync(path)) throw error
  }
}

/** Creates the state folder if it does not exist. @throws {StartError} if it is not writable */
export function openFolder(stateFolder: string): void {
  try {
    createFolder(resolve(stateFolder))
    accessSync(stateFolder, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StartError(
      `Latchkey cannot keep its data in ${stateFolder} (${(error as Error).message}). Name a folder that you can write to: --persist-to ~/latchkey-data`,
    )
  }
}

/**
 * Starts the Worker with its keys, databases and demo data, on a locked state folder. If that fails, nothing is left
 * running.
 * @throws {StartError}
 */
export async function startLocalServer(where: {
  port: number
  stateFolder: string
  environment: LocalEnvironment
  /** The server's output: everything or errors only, to the terminal or into the error. */
  output: 'everything' | 'faults' | 'error'
  step: Step
}): Promise<LocalServer> {
  const { stateFolder, environment, step } = where
  const keys = await step('Keys', () => ensureLocalKeys(stateFolder))
  await step('Databases', () => migrateLocally(stateFolder, environment))
  writeAssets()
  const server = spawnServer(where, keys)
  try {
    await step('Server', () => untilUp(server))
    await step('Demo data', () => untilSeeded(server))
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

function spawnServer(
  { port, stateFolder, environment, output }: Parameters<typeof startLocalServer>[0],
  keys: string,
): LocalServer {
  const origin = `http://localhost:${port}`
  const startId = newStartId()
  const server = spawn(
    process.execPath,
    [
      WRANGLER,
      ...['dev', 'src/local.ts', '--ip', 'localhost', '--port', String(port)],
      // wrangler's debugger would take 9229, and end if another start took that at the same moment.
      ...['--inspector-port', '0'],
      ...environmentFlags(environment),
      ...['--persist-to', stateFolder, '--env-file', keys],
      ...['--var', `GLOBAL_ORIGIN:${origin}`, '--var', 'SERVER_TIMING:on'],
      ...['--var', `START_ID:${startId}`],
      ...['--log-level', output === 'everything' ? 'log' : 'error'],
      '--show-interactive-dev-session=false',
    ],
    {
      stdio: ['ignore', ...(output === 'error' ? PIPED : INHERITED)],
      env: {
        // Node compiles wrangler once instead of at every start.
        NODE_COMPILE_CACHE: resolve('node_modules/.cache/compiled'),
        ...process.env,
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_HIDE_BANNER: String(output !== 'everything'),
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      },
    },
  )
  endWithParent(server)
  process.on('exit', () => server.kill('SIGTERM'))
  return { origin, startId, keys, process: server, stop: () => end(server) }
}

const PIPED = ['pipe', 'pipe'] as const
const INHERITED = ['inherit', 'inherit'] as const

/** Waits until this server, and not another one, replies. */
async function untilUp(server: LocalServer): Promise<void> {
  const said = Promise.all([server.process.stdout, server.process.stderr].map(printedOn))
  for (const startedAt = Date.now(); !(await isItself(server)); await wait(ASKED_AGAIN_MS)) {
    if (hasEnded(server.process))
      throw new StartError(['The server ended before it was ready.', ...(await said)].join('\n'))
    if (Date.now() - startedAt > START_LIMIT_MS)
      throw new StartError('The server did not answer within 5 minutes. Start it again.')
  }
}

function printedOn(stream: NodeJS.ReadableStream | null): Promise<string> | string {
  return stream ? text(stream) : ''
}

/** The first request creates the demo data. */
async function untilSeeded({ origin }: LocalServer): Promise<void> {
  const reply = await fetch(`${origin}/health`)
  if (!reply.ok) throw new StartError(await reply.text())
}

async function end(server: ChildProcess): Promise<void> {
  if (hasEnded(server)) return
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  const isLate = await Promise.race([ended.then(() => false), wait(END_LIMIT_MS, true)])
  if (isLate) server.kill('SIGKILL')
  await ended
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** Ends the server when its parent is gone, because npm does not forward every signal. */
function endWithParent(server: ChildProcess): void {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && server.kill('SIGTERM'), 1_000).unref()
}

/** Returns why a port cannot be used; null if it can. */
export async function portFault(port: number): Promise<'taken' | 'forbidden' | null> {
  for (const host of ['127.0.0.1', '::1']) {
    const code = await listenFault(port, host)
    if (code === 'EADDRINUSE') return 'taken'
    if (code === 'EACCES') return 'forbidden'
  }
  return null
}

/** An address that the machine does not have is not a fault. */
function listenFault(port: number, host: string): Promise<string | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}
