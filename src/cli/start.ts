// npm start -- --port 9000 --persist-to ~/latchkey-data
import { utimesSync, watch, watchFile } from 'node:fs'
import { rootMessage } from '../http/log.ts'
import { writeAssets } from './assets.ts'
import {
  type LocalServer,
  openFolder,
  portFault,
  StartError,
  startLocalServer,
} from './local-server.ts'
import { LOCAL_STATE } from './local-state.ts'
import { fail, readOptions } from './options.ts'
import { lockFolder, noteRunning } from './running-service.ts'

const CRON_INTERVAL_MS = 60_000
/** Editors and git replace files, which are missing for a moment. */
const SETTLED_AFTER_MS = 100
/** Lower ports need administrator rights. */
const FIRST_PORT = 1_024
const LAST_PORT = 65_535
/** The indentation of continued lines in the list of addresses. */
const COLUMN = ' '.repeat(17)
const regionNames = ['us-east-1', 'eu-central-1', 'ap-southeast-2']

const COMMAND = process.argv.includes('--regions') ? 'npm run start:regions' : 'npm start'
const options = readOptions(COMMAND, {
  port: { type: 'string', default: '8787' },
  'persist-to': { type: 'string', default: LOCAL_STATE },
  /** Prints wrangler's whole output, and stacks of errors. */
  verbose: { type: 'boolean', default: false },
  /** Three regions on this machine. */
  regions: { type: 'boolean', default: false },
})
const stateFolder = options['persist-to']
/** With `npm start --verbose`, npm gets the option. */
const isVerbose = options.verbose || process.env.npm_config_loglevel === 'verbose'

let server: LocalServer | undefined
let settled: NodeJS.Timeout | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => (server ? server.process.kill('SIGTERM') : process.exit(130)))

try {
  await start()
} catch (error) {
  await server?.stop()
  if (isVerbose) console.error(error)
  fail(sentenceOf(error))
}

async function start(): Promise<void> {
  const port = portOf(options.port)
  openFolder(stateFolder)
  const running = await lockFolder(stateFolder)
  if (running)
    throw new StartError(
      `Latchkey runs on ${stateFolder} already, at ${running.origin}. Stop it, or start this one elsewhere: ${COMMAND} -- --port ${await freePort(port)} --persist-to ~/latchkey-data`,
    )
  await checkPort(port)
  server = await startLocalServer({
    port,
    stateFolder,
    environment: options.regions ? 'regions' : 'top level',
    output: isVerbose ? 'everything' : 'faults',
    step: showStep,
  })
  noteRunning(stateFolder, server)
  server.process.on('exit', (code) => process.exit(code ?? 0))
  watchAssets()
  watchFile(server.keys, { interval: 1_000 }, readKeysAnew)
  void runCron()
  setInterval(runCron, CRON_INTERVAL_MS)
  console.log(addresses(port))
}

function portOf(typed: string): number {
  const port = /^\d+$/.test(typed) ? Number(typed) : 0
  if (port >= 1 && port <= LAST_PORT) return port
  throw new StartError(
    `--port is a number from 1 to ${LAST_PORT}, not "${typed}": ${COMMAND} -- --port 9000`,
  )
}

async function checkPort(port: number): Promise<void> {
  const fault = await portFault(port)
  if (fault === null) return
  const free = await freePort(port)
  throw new StartError(
    fault === 'taken'
      ? `Port ${port} is in use by another program. Stop that one, or choose another port: ${COMMAND} -- --port ${free}`
      : `Port ${port} needs rights that you do not have. Choose another port: ${COMMAND} -- --port ${free}`,
  )
}

/** The next free port after this one. */
async function freePort(after: number): Promise<number> {
  let port = Math.max(after, FIRST_PORT)
  do port = port < LAST_PORT ? port + 1 : FIRST_PORT
  while ((await portFault(port)) !== null)
  return port
}

/** Shows a step, with a tick once it is done. */
async function showStep<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  process.stdout.write(`${title} … `)
  try {
    const result = await work()
    console.log('✓')
    return result
  } catch (error) {
    console.log('✗')
    throw error
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof StartError) return error.message
  return `Latchkey cannot start: ${rootMessage(error)}. To see more: ${COMMAND} -- --verbose`
}

/** Does what the cron trigger does in production. */
async function runCron(): Promise<void> {
  await fetch(`${server?.origin}/cdn-cgi/local/scheduled`).catch(() => undefined)
}

/** A machine that watches too many files can still serve. */
function watchAssets(): void {
  const tell = (error: unknown) =>
    console.error(`Changed styles and scripts are served at the next start: ${rootMessage(error)}`)
  try {
    watch('src/ui', writeAssetsSoon).on('error', tell)
  } catch (error) {
    tell(error)
  }
}

/** Serves changed styles and scripts once they are written completely. */
function writeAssetsSoon(): void {
  clearTimeout(settled)
  settled = setTimeout(() => {
    try {
      writeAssets()
    } catch (error) {
      console.error(`Latchkey: the files of src/ui were not copied: ${error}`)
    }
  }, SETTLED_AFTER_MS)
}

/** wrangler watches its configuration but not the env file, and reads both when the configuration changes. */
function readKeysAnew(): void {
  utimesSync('wrangler.toml', new Date(), new Date())
}

function addresses(port: number): string {
  const at = (path: string) => `http://localhost:${port}${path}`
  const users = [
    'sessionuser / sessionuserpassword',
    'siteadmin / siteadminpassword (site admin)',
    ...(options.regions
      ? [
          'europeuser / europeuserpassword (in eu-central-1 only)',
          'pacificuser / pacificuserpassword (of ap-southeast-2)',
        ]
      : []),
  ]
  const lines: Record<string, string[]> = {
    Login: [at('/login')],
    Account: [at('/account')],
    Admin: [at('/admin/users')],
    Outbox: [at('/outbox')],
    'API reference': [at('/docs')],
    ...(options.regions && {
      Regions: regionNames.map((name) => at('').replace('//', `//${name}.`)),
    }),
    'Demo users': users,
  }
  const block = Object.entries(lines).map(
    ([name, values]) => `  ${name.padEnd(15)}${values.join(`\n${COLUMN}`)}`,
  )
  return `
Latchkey is ready.

${block.join('\n')}

Press Ctrl-C to stop it. Data and keys stay in ${stateFolder}.
`
}
