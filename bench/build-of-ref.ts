import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Bundle, ROOT } from './runtime.ts'

const run = promisify(execFile)

export interface BuildOfRef {
  bundle: Bundle
  /** The SQL files of each database, in order. */
  migrations: Migrations
}

export type Migrations = Record<'region' | 'directory', string[]>

/** Builds the product as a commit has it, as that commit builds it, with the packages that are installed here. */
export async function buildOfRef(ref: string): Promise<BuildOfRef> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-ref-'))
  const tree = join(folder, 'tree')
  try {
    await run('git', ['worktree', 'add', '--detach', tree, ref], { cwd: ROOT })
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
    const built = await build(tree)
    return {
      bundle: { modules: modulesIn(built) },
      migrations: migrationsIn(join(tree, 'migrations')),
    }
  } finally {
    await run('git', ['worktree', 'remove', '--force', tree], { cwd: ROOT }).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  }
}

/** @returns the folder of its modules */
async function build(tree: string): Promise<string> {
  const node = (...flags: string[]) => run(process.execPath, flags, { cwd: tree })
  if (existsSync(join(tree, 'src/cli/bundle.ts'))) {
    await node('src/cli/bundle.ts')
    return join(tree, 'dist/worker')
  }
  if (existsSync(join(tree, 'src/cli/assets.ts'))) await node('src/cli/assets.ts')
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  await node(wrangler, 'deploy', '--env', 'production', '--dry-run', '--outdir', 'dist/built')
  return join(tree, 'dist/built')
}

function modulesIn(folder: string): Bundle['modules'] {
  const types = { js: 'ESModule', wasm: 'CompiledWasm', txt: 'Text' } as const
  const modules = readdirSync(folder).flatMap((path) => {
    const type = types[path.split('.').at(-1) as keyof typeof types]
    return type ? [{ type, path, contents: readFileSync(join(folder, path)) }] : []
  })
  const isMain = ({ path }: Bundle['modules'][0]) => Number(path === 'index.js')
  return modules.toSorted((a, b) => isMain(b) - isMain(a))
}

export function migrationsIn(folder: string): Migrations {
  const filesOf = (database: string) =>
    readdirSync(join(folder, database))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => readFileSync(join(folder, database, file), 'utf8'))
  return { region: filesOf('region'), directory: filesOf('directory') }
}

const COST = 'memory:19456,passes:2,lanes:1'
const LEAST_COST = 'memory:8,passes:1,lanes:1'

/** The same with hashes at their least cost: what is left of a login's CPU is what it takes besides the hash. */
export function withLeastHash({ modules }: Bundle): Bundle {
  let found = 0
  const changed = modules.map((module) => {
    if (module.type !== 'ESModule') return module
    const text = Buffer.from(module.contents).toString()
    found += text.split(COST).length - 1
    return { ...module, contents: Buffer.from(text.replaceAll(COST, LEAST_COST)) }
  })
  if (found === 0) throw new Error(`no ${COST} in the bundle`)
  return { modules: changed }
}
