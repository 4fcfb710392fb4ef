import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const HOME = 'ui/form.tsx'

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.tsx?$/.test(path),
)

/** Source patterns of forms, hidden fields and seals. */
function matchesIn(file: string, of: RegExp): string[] {
  return [...readFileSync(join('src', file), 'utf8').matchAll(of)].map(([found]) => found)
}

describe('Every form', () => {
  it('is built by one component, which seals it', () => {
    const elsewhere = sources.filter((file) => file !== HOME)
    expect(elsewhere.flatMap((file) => matchesIn(file, /<form\b|type="hidden"/g))).toEqual([])
    expect(matchesIn(HOME, /<form\b/g)).toHaveLength(2)
  })

  it('is checked in one place, which no route has to call', () => {
    const by = (of: RegExp) => sources.filter((file) => matchesIn(file, of).length > 0).toSorted()
    expect(by(/\brefuseForgery\(/g)).toEqual(['answer-route.ts', 'http/csrf.ts'])
    expect(by(/\brefuseOtherSession\(/g)).toEqual(['answer-route.ts', 'http/form-seal.ts'])
    expect(by(/(?:get|has|header)\('(?:sec-fetch-site|origin)'/gi)).toEqual([
      'http/cors.ts',
      'http/csrf.ts',
    ])
  })
})
