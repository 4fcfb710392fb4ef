import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const features =
  'platform ui regions sites history users passwords tokens outbox mail text-messages second-factors api-keys actors sessions sso api-key-management current-site login second-factor-management sso-management account pairing password-resets login-history user-management admin-pages operations access introspection health api-reference'

/** The folders of src/ and `.`, the files beside them; lowest first. What is not for production is last. */
const order = [...features.split(' '), '.', 'local', 'local.ts', 'operator']

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.(ts|tsx|mjs)$/.test(path),
)

describe('src/', () => {
  it('gives every folder a place in the order', () => {
    expect(files.filter((file) => !order.includes(placeOf(file)))).toEqual([])
  })

  it('imports only from the same folder or a lower one, types included', () => {
    const found = files.flatMap((file) =>
      importsOf(file).map((imported) => [file, imported] as const),
    )
    expect(found.length).toBeGreaterThan(100)
    expect(found.filter(([file, imported]) => rank(imported) > rank(file))).toEqual([])
  })
})

function importsOf(file: string): string[] {
  const source = readFileSync(join('src', file), 'utf8')
  const own = source.matchAll(/\b(?:from|import)\b\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)
  return [...own].map(([, path = '']) => join(dirname(file), path))
}

function placeOf(file: string): string {
  if (file === 'local.ts') return file
  return dirname(file).split('/')[0] as string
}

function rank(file: string): number {
  return order.indexOf(placeOf(file))
}
