// npm run deploy: runs the checks, migrates every production database, and deploys the Worker. With --dry-run it does
// what needs no account, and prints the other steps.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { writeAssets } from './assets.ts'
import { WRANGLER } from './local-state.ts'
import { explainSystemErrors, fail, readOptions } from './options.ts'
import { readProduction, whatIsLeft } from './production.ts'

const TYPESCRIPT = 'node_modules/typescript/bin/tsc'

explainSystemErrors()
const values = readOptions('npm run deploy', {
  'dry-run': { type: 'boolean', default: false },
  /** The env file of the secrets, for the first deploy. */
  'secrets-file': { type: 'string' },
})
const dryRun = values['dry-run']
const secrets = values['secrets-file'] ? ['--secrets-file', values['secrets-file']] : []
const production = readProduction()

checkSettings()
writeAssets()
check('types', TYPESCRIPT)
check('types of what runs on Node', TYPESCRIPT, '-p', 'src/cli')
check('bundle', 'src/cli/bundle.ts')
check('build', WRANGLER, 'deploy', '--env', 'production', '--dry-run')
// Migrates first, because the running Worker works with the new schema.
for (const { binding, migrations_dir } of production.d1_databases)
  change(
    `migrations of ${binding}: ${migrationsIn(migrations_dir)}`,
    ...['d1', 'migrations', 'apply', binding, '--remote'],
  )
change('deploy', 'deploy', ...secrets)
console.log(
  dryRun
    ? '\nNothing was changed: this was a dry run.'
    : `\nDeployed. To check its health: curl ${production.vars.GLOBAL_ORIGIN}/health`,
)

function checkSettings(): void {
  begin('wrangler.toml, production')
  const left = whatIsLeft(production)
  if (left.length > 0) console.log(`Fill in (see docs/operations.md):\n  ${left.join('\n  ')}`)
  else console.log('complete')
  if (left.length > 0 && !dryRun) fail('Nothing was deployed.')
}

function check(title: string, script: string, ...flags: string[]): void {
  begin(title)
  run(script, flags)
}

function change(title: string, ...command: string[]): void {
  begin(title)
  const flags = [...command, '--env', 'production']
  if (dryRun) console.log(`would run: wrangler ${flags.join(' ')}`)
  else run(WRANGLER, flags)
}

function run(script: string, flags: string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) fail('This step failed. Later steps were not run.')
}

function begin(title: string): void {
  console.log(`\n── ${title}`)
}

function migrationsIn(folder: string | undefined): string {
  const names = readdirSync(folder ?? 'migrations').filter((name) => name.endsWith('.sql'))
  return `the missing ones of ${names.sort().join(', ')}`
}
