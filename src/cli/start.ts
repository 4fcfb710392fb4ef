import { utimesSync, watch, watchFile } from 'node:fs'
import { parseArgs } from 'node:util'
import { writeAssets } from './assets.ts'
import { isAnswering, startLocalServer } from './local-server.ts'
import { ensureLocalKeys, LOCAL_STATE, migrateLocally } from './local-state.ts'

const CRON_INTERVAL_MS = 60_000
/** Editors and git replace files: for a moment there is none. */
const SETTLED_AFTER_MS = 100

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8787' },
    'persist-to': { type: 'string', default: LOCAL_STATE },
    /** Three regions on this machine. */
    regions: { type: 'boolean', default: false },
  },
})
const stateFolder = values['persist-to']
const environment = values.regions ? 'regions' : 'top level'

const keys = await ensureLocalKeys(stateFolder)
console.log('Latchkey: bringing the local databases up to date …')
await migrateLocally(stateFolder, environment)

const server = startLocalServer({
  port: values.port,
  stateFolder,
  keys,
  environment,
  stdio: ['ignore', 'inherit', 'inherit'],
})
const { origin } = server
server.process.on('exit', (code) => process.exit(code ?? 0))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => server.process.kill('SIGTERM'))
let settled: NodeJS.Timeout | undefined
watch('src/ui', writeAssetsSoon)
watchFile(keys, { interval: 1_000 }, readKeysAnew)

if (!(await isAnswering(server))) {
  console.error('Latchkey did not come up. What went wrong stands above.')
  server.process.kill('SIGTERM')
}
await runCron()
setInterval(runCron, CRON_INTERVAL_MS)
console.log(values.regions ? whatToTryInRegions() : whatToTry())

/** Does what Cloudflare's cron trigger does in production. */
async function runCron(): Promise<void> {
  await fetch(`${origin}/cdn-cgi/local/scheduled`).catch(() => undefined)
}

/** Serves changed styles and scripts, once they are whole. */
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

/** wrangler watches its configuration, not the env file: it reads both when the one seems changed. */
function readKeysAnew(): void {
  utimesSync('wrangler.toml', new Date(), new Date())
}

function whatToTryInRegions(): string {
  const at = (host: string) => `http://${host}.localhost:${values.port}`
  return `
Latchkey is ready at ${origin}, in three regions

  ${at('us-east-1')}        site mysite    sessionuser / sessionuserpassword, in every region
  ${at('eu-central-1')}     site europe    europeuser / europeuserpassword, in this region only
  ${at('ap-southeast-2')}   site pacific   pacificuser / pacificuserpassword, in every region

Try it, in another terminal:

  # the regions, and which is nearest
  curl -s ${origin}/api/rest/v1/regions

  # a site that keeps to its region is refused at another's host, which says where to go
  curl -s ${at('us-east-1')}/api/rest/v1/sessions -d username=europeuser -d password=europeuserpassword

  # there it is served
  curl -s ${at('eu-central-1')}/api/rest/v1/sessions -d username=europeuser -d password=europeuserpassword

Ctrl-C ends it. The data stays in ${stateFolder}.
`
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
