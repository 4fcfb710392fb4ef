import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** What only the local entry brings: the demo users' passwords. */
const LOCAL_TEXT = /sessionuserpassword|siteadminpassword/

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-bundle-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('The production bundle', () => {
  it('contains nothing that exists only locally', () => {
    const { sources, text } = bundle()
    expect(sources).toContain('src/index.ts')
    expect(sources.filter(isLocal)).toEqual([])
    expect(text).not.toMatch(LOCAL_TEXT)
  })

  it('differs in that from the local one', () => {
    const { sources, text } = bundle('src/local.ts')
    expect(sources.filter(isLocal)).not.toEqual([])
    expect(text).toMatch(LOCAL_TEXT)
  })
})

/** Bundles as `wrangler deploy` does, the entry that wrangler.toml names unless another is given. */
function bundle(...entry: string[]): { sources: string[]; text: string } {
  const to = mkdtempSync(join(folder, 'built-'))
  execFileSync(process.execPath, [
    'node_modules/wrangler/bin/wrangler.js',
    ...['deploy', ...entry, '--dry-run', '--outdir', to, '--metafile', join(to, 'meta.json')],
  ])
  const { inputs } = JSON.parse(readFileSync(join(to, 'meta.json'), 'utf8'))
  const scripts = readdirSync(to).filter((name) => name.endsWith('.js'))
  return {
    sources: Object.keys(inputs),
    text: scripts.map((name) => readFileSync(join(to, name), 'utf8')).join(),
  }
}

function isLocal(source: string): boolean {
  return /^src\/(local|operator)\b/.test(source)
}
