import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asEnvFile, makeKeys } from '../../src/cli/keys.ts'
import { WRANGLER } from '../../src/cli/local-state.ts'
import { FakeCloudflare } from './support/fake-cloudflare.ts'
import { runCommand } from './support/run-command.ts'

const NOTHING = /(?!)/
const UPLOAD = 'PUT /workers/scripts/latchkey-production'

let cloudflare: FakeCloudflare
let folder: string
beforeEach(async () => {
  cloudflare = await FakeCloudflare.start()
  folder = mkdtempSync(join(tmpdir(), 'latchkey-deploy-'))
})
afterEach(() => {
  cloudflare.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('npm run deploy -- --dry-run', () => {
  it('does all that needs no account, and prints the rest', async () => {
    await filledIn()
    const { status, printed } = await deploy('--dry-run')
    expect(status, printed).toBe(0)
    for (const said of [
      'checks types: .',
      'checks types: -p src/cli',
      'Total Upload',
      'would run: wrangler d1 migrations apply DIRECTORY --remote --env production',
      'would run: wrangler d1 migrations apply DB_US_EAST_1 --remote --env production',
      'would run: wrangler deploy --env production',
      'Nothing was changed',
    ])
      expect(printed).toContain(said)
    expect(cloudflare.changes).toEqual([])
  })

  it('lists the settings left to fill in', async () => {
    await filledIn({ really: NOTHING })
    leaveOpen('replace-with-the-id-of-latchkey')
    const { status, printed } = await deploy('--dry-run')
    expect([status, printed]).toEqual([0, expect.stringContaining('kv_namespaces.0.id is still')])
  })
})

describe('npm run deploy', () => {
  it('deploys nothing while a setting is left to fill in', async () => {
    await filledIn()
    leaveOpen('replace-with-the-id-of-latchkey')
    const { status, printed } = await deploy()
    expect([status, printed]).toEqual([1, expect.stringContaining('Nothing was deployed')])
    expect(cloudflare.changes).toEqual([])
  })

  it('migrates every database, then gives the Worker its assets, code and secrets', async () => {
    const keys = await filledIn()
    const { status, printed } = await deploy('--secrets-file', 'production.keys.env')
    expect(status, printed).toBe(0)

    const { changes, uploaded } = cloudflare
    const last = (id: string) => changes.lastIndexOf(`POST /d1/database/${id}/query`)
    expect(last('directory')).toBeGreaterThan(0)
    expect(last('region')).toBeGreaterThan(last('directory'))
    expect(changes.indexOf(UPLOAD)).toBeGreaterThan(last('region'))
    for (const trigger of ['routes', 'schedules', 'domains/changeset'])
      expect(changes.join()).toContain(`/workers/scripts/latchkey-production/${trigger}`)

    expect(cloudflare.assets).toEqual(
      expect.arrayContaining([
        '/favicon.ico',
        ...Object.values(JSON.parse(readFileSync('dist/asset-paths.json', 'utf8'))),
      ]),
    )
    expect(uploaded.assets.jwt).toBe('all assets')
    expect(uploaded.assets.config._headers).toBe(readFileSync('src/ui/_headers', 'utf8'))

    const given = Object.entries(keys).map(([name, text]) => ({ name, text, type: 'secret_text' }))
    expect(uploaded.bindings).toEqual(expect.arrayContaining(given))
    expect(uploaded).toMatchObject({
      limits: { cpu_ms: 5_000 },
      observability: {
        redact_query_string: true,
        logs: { enabled: true, invocation_logs: false },
        traces: { enabled: false },
      },
    })
    for (const secret of Object.values(keys)) expect(printed).not.toContain(secret)
  })

  it('leaves the Worker as it is when a database cannot be migrated', async () => {
    await filledIn({ really: /^d1 migrations apply DB_US_EAST_1 / })
    cloudflare.failing = /region\/query$/
    const { status, printed } = await deploy()
    expect(status).toBe(1)
    expect(cloudflare.changes.join()).toMatch(/region\/query$/)
    expect(printed).toContain('This step failed')
    expect(cloudflare.changes).not.toContain(UPLOAD)
  })

  it('leaves the Worker as it is when it would lack a secret', async () => {
    await filledIn({ really: /^deploy --env production$/ })
    const { status, printed } = await deploy()
    expect(status).toBe(1)
    expect(printed).toContain('required secrets have not been set: SIGNING_KEYS')
    expect(cloudflare.changes).not.toContain(UPLOAD)
  })
})

function deploy(...flags: string[]) {
  return runCommand('deploy', flags, { environment: cloudflare.environment, folder })
}

/**
 * Makes the folder a copy of the project in which all is filled in; answers its secrets. Types are not checked
 * once more, and of wrangler's commands only those run that the test is about: the others succeed.
 */
async function filledIn({ really = /^/ } = {}): Promise<Record<string, string>> {
  linkAllBut(['wrangler.toml', 'node_modules'], '.')
  mkdirSync(join(folder, 'node_modules'))
  linkAllBut(['typescript', 'wrangler'], 'node_modules')
  inPlaceOf(
    'typescript/bin/tsc',
    'console.log("checks types:", process.argv.slice(2).join(" ") || ".")',
  )
  inPlaceOf(
    'wrangler/bin/wrangler.js',
    `const flags = process.argv.slice(2)
    const run = () => require('child_process')
      .spawnSync(process.execPath, [${JSON.stringify(resolve(WRANGLER))}, ...flags], { stdio: 'inherit' })
    process.exitCode = ${really}.test(flags.join(' ')) ? run().status : 0`,
  )
  const ids = { KV: 'kv', DIRECTORY: 'directory', DB_US_EAST_1: 'region' }
  let toml = readFileSync('wrangler.toml', 'utf8').replaceAll('example.com', 'example-site.net')
  for (const [binding, id] of Object.entries(ids)) toml = withId(toml, binding, id)
  writeFileSync(join(folder, 'wrangler.toml'), toml)
  const keys = await makeKeys()
  writeFileSync(join(folder, 'production.keys.env'), asEnvFile(keys))
  return keys
}

/** Puts a placeholder back. */
function leaveOpen(placeholder: string): void {
  const path = join(folder, 'wrangler.toml')
  writeFileSync(path, withId(readFileSync(path, 'utf8'), 'KV', placeholder))
}

function withId(toml: string, binding: string, id: string): string {
  const [local = '', production = ''] = toml.split(/(?=^\[env\.production\]$)/m)
  const place = new RegExp(
    `(?<=^binding = "${binding}"\\n(?:\\w.*\\n)*?(?:database_)?id = ").*(?="$)`,
    'm',
  )
  return local + production.replace(place, id)
}

/** Puts another script at the place of one that is there. */
function inPlaceOf(script: string, text: string): void {
  const path = join('node_modules', script)
  expect(existsSync(path), path).toBe(true)
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function linkAllBut(excepted: string[], from: string): void {
  for (const name of readdirSync(from))
    if (!excepted.includes(name)) symlinkSync(resolve(from, name), join(folder, from, name))
}
