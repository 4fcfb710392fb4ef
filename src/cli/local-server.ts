import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { writeAssets } from './assets.ts'
import { environmentFlags, type LocalEnvironment, WRANGLER } from './local-state.ts'

/** How long the Worker may take to come up, also on a machine with much else to do, in milliseconds. */
const START_LIMIT_MS = 300_000

export interface LocalServer {
  origin: string
  process: ChildProcess
}

/** Starts the Worker with its demo data, on a state folder that has keys and newest databases. */
export function startLocalServer(where: {
  port: string
  stateFolder: string
  /** The path of the secrets' env file. */
  keys: string
  environment: LocalEnvironment
  stdio: StdioOptions
}): LocalServer {
  writeAssets()
  const origin = `http://localhost:${where.port}`
  const server = spawn(
    process.execPath,
    [
      WRANGLER,
      ...['dev', 'src/local.ts', '--ip', 'localhost', '--port', where.port],
      ...environmentFlags(where.environment),
      ...['--persist-to', where.stateFolder, '--env-file', where.keys],
      ...['--var', `GLOBAL_ORIGIN:${origin}`, '--var', 'SERVER_TIMING:on'],
      '--show-interactive-dev-session=false',
    ],
    {
      stdio: where.stdio,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
    },
  )
  endWithParent(server)
  return { origin, process: server }
}

/** Waits until the Worker answers and its demo data is there. False when it does not come up. */
export async function isAnswering({ origin, process: server }: LocalServer): Promise<boolean> {
  for (const startedAt = Date.now(); Date.now() - startedAt < START_LIMIT_MS; await wait(200)) {
    if (server.exitCode !== null) return false
    const reply = await fetch(`${origin}/health`).catch(() => null)
    if (reply?.ok) return true
  }
  return false
}

/** npm does not pass every signal on: when it is gone, what it started ends as well. */
function endWithParent(server: ChildProcess): void {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && server.kill('SIGTERM'), 1_000).unref()
}
