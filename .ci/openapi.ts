// Writes docs/openapi.json: the description that the production build itself serves.
// With --check it writes nothing, and fails where the file is not that description.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { startLatchkey } from '../test/journeys/support/latchkey.ts'

const path = 'docs/openapi.json'

const latchkey = await startLatchkey('src/index.ts')
const reply = await fetch(`${latchkey.origin}/openapi.json`)
const served = `${JSON.stringify(await reply.json(), null, 2)}\n`
await latchkey.stop()
if (!reply.ok) throw new Error(`The service answered ${reply.status}: ${served}`)

if (!process.argv.includes('--check')) writeFileSync(path, served)
else if (!existsSync(path) || readFileSync(path, 'utf8') !== served) {
  console.error(`${path} is not what the service serves. Write it anew: npm run openapi`)
  process.exitCode = 1
}
