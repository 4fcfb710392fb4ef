import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './runtime.ts'

/** What results depend on, and nothing that tells whose machine it is. */
export function machine(): Record<string, string | number> {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    workerd: versionOf('node_modules/workerd'),
    'better-auth': versionOf('bench/peers/node_modules/better-auth'),
  }
}

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')).version
}
