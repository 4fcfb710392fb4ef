import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const documents = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md')]

/** The paths of source files that a text names, such as `http/csrf.ts`. */
function pathsIn(text: string): string[] {
  const named = text.matchAll(/`((?:[\w-]+\/)+[\w.-]+\.(?:tsx?|js|css|sql|toml|txt|wasm))`/g)
  return [...named].flatMap(([, path]) => path ?? [])
}

describe('The documentation', () => {
  it('recognizes paths of source files', () => {
    const text = 'see `http/csrf.ts`, `src/ui/_headers`, `/outbox.json` and `npm start`'
    expect(pathsIn(text)).toEqual(['http/csrf.ts'])
  })

  it.each(documents)('%s names source files that exist', (document) => {
    const isThere = (path: string) =>
      [path, `src/${path}`, join(dirname(document), path)].some((one) => existsSync(one))
    const missing = pathsIn(readFileSync(document, 'utf8')).filter((path) => !isThere(path))
    expect(missing).toEqual([])
  })
})
