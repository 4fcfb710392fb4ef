import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
)

/** Patterns that make a test flaky, and the files that have a reason to use them. */
const rules: [name: string, pattern: RegExp, reasons: Record<string, string>][] = [
  [
    'waits by the clock',
    /timers\/promises/,
    {
      'journeys/support/run-to-end.ts': 'polls for running processes',
      'journeys/support/navigation.ts': 'polls what a page shows',
      'journeys/support/process-group.ts': 'polls for running processes',
      'journeys/support/twin-workers.ts': 'lets other calls go first, which affects no result',
    },
  ],
  [
    'takes a random value',
    /Math\.random\(/,
    {
      'journeys/support/own-site.ts': 'unique names',
      'journeys/support/workshop.ts': 'ports that no other run uses',
    },
  ],
  [
    'limits the time of a test',
    /^\s*\}, [\d_]+\)|\btimeout: \d/m,
    { 'vitest.config.ts': 'one limit for all tests' },
  ],
  ['searches for counterexamples without a seed', /fc\.assert\((?!.*\bseed\b|.*\bruns\b)/s, {}],
]

describe('No test', () => {
  it.each(rules)('%s without a reason', (_, pattern, reasons) => {
    const found = files.filter(
      (file) => file !== 'architecture/chance.test.ts' && pattern.test(sourceOf(file)),
    )
    expect(found.toSorted()).toEqual(Object.keys(reasons).toSorted())
  })
})

function sourceOf(file: string): string {
  return readFileSync(join('test', file), 'utf8')
}
