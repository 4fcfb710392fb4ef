import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const JOURNEYS = 'test/journeys'
const HOME = 'support/navigation.ts'

/** Actions that may open another page, and waits for one. Used directly, each of them is flaky. */
const LEADS_ON = /\.(?:click|dblclick|tap)\(|\.press\('Enter'\)/g
const WAITS =
  /waitForEvent\(\s*'(?:load|domcontentloaded|framenavigated|page)'|waitFor(?:LoadState|Navigation|URL|Timeout)\(/g

const files = readdirSync(JOURNEYS, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
)

function found(file: string, pattern: RegExp): string[] {
  const source = readFileSync(join(JOURNEYS, file), 'utf8')
  return [...source.matchAll(pattern)].map(([one]) => `${file}: ${one}`)
}

describe('Every journey', () => {
  it.each([
    ['clicks', LEADS_ON],
    ['waits for another page', WAITS],
  ])('%s only through support/navigation.ts', (_, pattern) => {
    const others = files.filter((file) => file !== HOME)
    expect(others.flatMap((file) => found(file, pattern))).toEqual([])
    expect(found(HOME, pattern)).not.toEqual([])
  })
})
