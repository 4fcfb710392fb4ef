// Holds docs/conformance.md and docs/settings.md to what the tests showed: each test that the last column of
// their tables names, in backticks, must exist under exactly that title and have passed in test/results.json.
import { readFileSync } from 'node:fs'

interface TestRun {
  testResults: { assertionResults: { title: string; fullName: string; status: string }[] }[]
}

const run: TestRun = JSON.parse(readFileSync('test/results.json', 'utf8'))
const statuses = new Map<string, Set<string>>()
for (const { title, fullName, status } of run.testResults.flatMap((file) => file.assertionResults))
  for (const name of [title, fullName]) statuses.set(name, new Set(statuses.get(name)).add(status))

for (const page of ['docs/conformance.md', 'docs/settings.md']) {
  const named = titlesIn(readFileSync(page, 'utf8'))
  const unproven = named.filter((title) => [...(statuses.get(title) ?? [])].join() !== 'passed')
  for (const title of unproven)
    console.error(`${statuses.has(title) ? 'did not pass' : 'no such test'}: ${title}`)
  console.log(`${page} names ${named.length} tests; ${unproven.length} are not proven.`)
  if (unproven.length > 0 || named.length === 0) process.exitCode = 1
}

function titlesIn(markdown: string): string[] {
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'))
  const lastCells = rows.map(
    (row) =>
      row
        .trimEnd()
        .split(/(?<!\\)\|/)
        .at(-2) ?? '',
  )
  return lastCells.flatMap((cell) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title.replaceAll('\\|', '|')),
  )
}
