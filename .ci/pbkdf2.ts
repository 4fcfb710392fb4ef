// Compiles .ci/wasm/pbkdf2.as.ts to src/passwords/imported/pbkdf2.wasm. With --check it writes nothing, and fails
// where the file is not what comes of its source.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const path = 'src/passwords/imported/pbkdf2.wasm'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
const compiled = join(folder, 'pbkdf2.wasm')
const options = ['-O3', '--runtime', 'stub', '--noAssert', '--use', 'abort=', '-o', compiled]
execFileSync('node_modules/.bin/asc', ['.ci/wasm/pbkdf2.as.ts', ...options], { stdio: 'inherit' })
const made = readFileSync(compiled)
rmSync(folder, { recursive: true })

if (!process.argv.includes('--check')) writeFileSync(path, made)
else if (!made.equals(readFileSync(path))) {
  console.error(`${path} is not what its source says. Compile it anew: node .ci/pbkdf2.ts`)
  process.exitCode = 1
}
