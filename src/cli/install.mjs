// Runs before `npm start` and `npm test`, on whatever Node started npm: installs what the lock file
// names, once. wrangler and vitest ask for a newer Node than the oldest we start on; the `node` package
// among the dependencies is that newer one and comes first on npm's PATH, so npm's warnings about the
// engine that merely installs would be wrong, and are left out.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
const stamp = 'node_modules/.installed-lock'

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  const npm = process.env.npm_execpath
  if (!npm) throw new Error('Run this by npm: npm start, or npm test.')
  execFileSync(process.execPath, [npm, 'ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
  })
  writeFileSync(stamp, lock)
}
