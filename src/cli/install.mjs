// Runs before `npm start` and `npm test`, on whatever Node started npm: installs what the lock file
// names, once. wrangler and vitest ask for a newer Node than the oldest we start on; the `node` package
// among the dependencies is that newer one and comes first on npm's PATH, so npm's warnings about the
// engine that merely installs would be wrong, and are left out.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
const stamp = 'node_modules/.installed-lock'

/** What npm calls it when it cannot reach its registry. */
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  if (!hasWhatLockNames()) install()
  writeFileSync(stamp, lock)
}

/** Whether somebody has installed by hand. npm writes down what it has installed once all of it is there. */
function hasWhatLockNames() {
  const [wanted, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map(
    (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {}),
  )
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || optional || installed[path]?.version === version,
  )
}

function install() {
  const npm = process.env.npm_execpath
  if (!npm) fail('npm runs this. Type: npm start')
  // Standard output may be read by a program: npm run --silent admin -- site list --json
  process.stderr.write('Packages (the first time this takes a minute or two) … ')
  const { status, stderr } = spawnSync(
    process.execPath,
    [npm, 'ci', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline'],
    { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
  )
  process.stderr.write(status === 0 ? '✓\n' : '✗\n')
  if (status !== 0 && OFFLINE.test(stderr))
    fail('npm cannot reach its registry. Connect to the internet, and run the same command again.')
  if (status !== 0) fail(`${stderr}npm could not install the packages. What went wrong is above.`)
}

/**
 * @param {string} message what to do about it
 * @returns {never}
 */
function fail(message) {
  console.error(message)
  process.exit(1)
}
