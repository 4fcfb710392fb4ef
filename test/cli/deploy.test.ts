import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asEnvFile, makeKeys } from '../../src/cli/keys.ts'
import { FakeCloudflare } from './support/fake-cloudflare.ts'
import { runCommand } from './support/run-command.ts'

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
    const { status, printed } = await runCommand('deploy', ['--dry-run'], cloudflare)
    expect(status, printed).toBe(0)
    for (const said of [
      'types',
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
    await filledIn()
    leaveOpen('replace-with-the-id-of-latchkey')
    const { environment } = cloudflare
    const { status, printed } = await runCommand('deploy', ['--dry-run'], { environment, folder })
    expect([status, printed]).toEqual([0, expect.stringContaining('kv_namespaces.0.id is still')])
  })
})

describe('npm run deploy', () => {
  it('deploys nothing while a setting is left to fill in', async () => {
    await filledIn()
    leaveOpen('replace-with-the-id-of-latchkey')
    const { environment } = cloudflare
    const { status, printed } = await runCommand('deploy', [], { environment, folder })
    expect([status, printed]).toEqual([1, expect.stringContaining('Nothing was deployed')])
    expect(cloudflare.changes).toEqual([])
  })

  it('migrates every database, then gives the Worker its assets, code and secrets', async () => {
    const keys = await filledIn()
    const flags = ['--secrets-file', 'production.keys.env']
    const { status, printed } = await runCommand('deploy', flags, {
      environment: cloudflare.environment,
      folder,
    })
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
    await filledIn()
    cloudflare.failing = /region\/query$/
    const { status, printed } = await runCommand('deploy', [], {
      environment: cloudflare.environment,
      folder,
    })
    expect(status).toBe(1)
    expect(printed).toContain('This step failed')
    expect(cloudflare.changes).not.toContain(UPLOAD)
  })

  it('leaves the Worker as it is when it would lack a secret', async () => {
    await filledIn()
    const { status, printed } = await runCommand('deploy', [], {
      environment: cloudflare.environment,
      folder,
    })
    expect(status).toBe(1)
    expect(printed).toContain('required secrets have not been set: SIGNING_KEYS')
    expect(cloudflare.changes).not.toContain(UPLOAD)
  })
})

/** Copies the project into the folder with every setting filled in and without type checks; returns its secrets. */
async function filledIn(): Promise<Record<string, string>> {
  linkAllBut('wrangler.toml', '.')
  rmSync(join(folder, 'node_modules'))
  mkdirSync(join(folder, 'node_modules/typescript/bin'), { recursive: true })
  linkAllBut('typescript', 'node_modules')
  writeFileSync(join(folder, 'node_modules/typescript/bin/tsc'), '')
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

function linkAllBut(excepted: string, from: string): void {
  for (const name of readdirSync(from))
    if (name !== excepted) symlinkSync(resolve(from, name), join(folder, from, name))
}
