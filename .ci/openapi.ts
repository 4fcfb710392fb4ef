// Writes docs/openapi.json: the description that the production build itself serves.
// With --check it writes nothing, and fails where the file is not that description.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWorker } from '../src/cli/bundle.ts'
import { prepare } from '../test/journeys/support/bundled-worker.ts'
import { startWorkers } from '../test/journeys/support/started-workers.ts'

const path = 'docs/openapi.json'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-openapi-'))
const [built, state] = [join(folder, 'built'), join(folder, 'state')]
for (const made of [built, state]) mkdirSync(made)
const { port, stop } = await startWorkers(
  ...(await Promise.all([bundleWorker('src/index.ts', built), prepare(state)])),
  {},
  await freePort(),
)
const reply = await fetch(`http://localhost:${port}/openapi.json`)
const served = `${JSON.stringify(await reply.json(), null, 2)}\n`
await stop()
rmSync(folder, { recursive: true })
if (!reply.ok) throw new Error(`The service answered ${reply.status}: ${served}`)

if (!process.argv.includes('--check')) writeFileSync(path, served)
else if (!existsSync(path) || readFileSync(path, 'utf8') !== served) {
  console.error(`${path} is not what the service serves. Write it anew: npm run openapi`)
  process.exitCode = 1
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, 'localhost', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
