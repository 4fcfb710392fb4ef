import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ensureLocalKeys, migrateLocally, WRANGLER } from './local-state.ts'

/** How long the Worker may take to come up, in milliseconds. */
const START_LIMIT_MS = 60_000
const CRON_INTERVAL_MS = 60_000

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8787' },
    'persist-to': { type: 'string', default: '.wrangler/state' },
  },
})
const origin = `http://localhost:${values.port}`
const stateFolder = values['persist-to']

const keys = await ensureLocalKeys(stateFolder)
console.log('Latchkey: bringing the local databases up to date …')
await migrateLocally(stateFolder)

const server = spawn(
  process.execPath,
  [
    WRANGLER,
    ...['dev', 'src/local.ts', '--ip', 'localhost', '--port', values.port],
    ...['--persist-to', stateFolder, '--env-file', keys],
    ...['--var', `GLOBAL_ORIGIN:${origin}`, '--var', 'SERVER_TIMING:on'],
    '--show-interactive-dev-session=false',
  ],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
  },
)
server.on('exit', (code) => process.exit(code ?? 0))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => server.kill('SIGTERM'))
endWithParent()

await answering()
await runCron()
setInterval(runCron, CRON_INTERVAL_MS)
console.log(whatToTry())

/** Waits until the Worker answers and its demo data is there. */
async function answering(): Promise<void> {
  for (const startedAt = Date.now(); Date.now() - startedAt < START_LIMIT_MS; await wait(200)) {
    const reply = await fetch(`${origin}/health`).catch(() => null)
    if (reply?.ok) return
  }
  console.error('Latchkey did not come up. What went wrong stands above.')
  server.kill('SIGTERM')
}

/** Does what Cloudflare's cron trigger does in production. */
async function runCron(): Promise<void> {
  await fetch(`${origin}/cdn-cgi/local/scheduled`).catch(() => undefined)
}

/** npm does not pass every signal on: when it is gone, what it started ends as well. */
function endWithParent(): void {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && server.kill('SIGTERM'), 1_000)
}

function whatToTry(): string {
  const api = `${origin}/api/rest/v1`
  return `
Latchkey is ready at ${origin}

  site     http://mysite.localhost:${values.port}
  users    sessionuser / sessionuserpassword    an ordinary user
           siteadmin   / siteadminpassword      a site admin

Try it, in another terminal:

  # log in, and keep the session token
  TOKEN=$(curl -s ${api}/sessions -d username=sessionuser -d password=sessionuserpassword \\
    | sed 's/.*"token":"\\([^"]*\\)".*/\\1/'); echo "$TOKEN"

  # use it
  curl -s -H "Authorization: Bearer $TOKEN" ${api}/site

  # log out: 204 now, 401 the second time
  curl -s -o /dev/null -w '%{http_code}\\n' -X DELETE -H "Authorization: Bearer $TOKEN" ${api}/sessions

Ctrl-C ends it. The data stays in ${stateFolder}.
`
}
