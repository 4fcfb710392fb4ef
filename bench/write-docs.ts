// Puts the results of the last runs into docs/performance.md, between its markers.
//
//   npm run bench:docs

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { globeMarkdown } from './globe-markdown.ts'
import { growthMarkdown } from './growth-markdown.ts'
import { loadMarkdown } from './load-markdown.ts'
import {
  barsTable,
  costsTable,
  memoryTable,
  RESULTS,
  type Results,
  runText,
  throughputTable,
} from './results.ts'
import { ROOT } from './runtime.ts'

const PAGE = join(ROOT, 'docs/performance.md')

const latest = read('latest.json') as Results | null
const [load, globe, growth] = [read('load.json'), read('globe.json'), read('growth.json')]
const parts: Record<string, string | null> = {
  run: latest && runText(latest),
  bars: latest && barsTable(latest),
  throughput: latest && throughputTable(latest),
  costs: latest?.costs ? costsTable(latest.costs) : null,
  memory: latest?.memory ? memoryTable(latest.memory) : null,
  load: load && loadMarkdown(load),
  globe: globe && globeMarkdown(globe),
  growth: growth && growthMarkdown(growth),
}
let page = readFileSync(PAGE, 'utf8')
for (const [name, part] of Object.entries(parts)) {
  if (part === null) continue
  const between = new RegExp(`(<!-- bench: ${name} -->\\n)[\\s\\S]*?(\\n<!-- end -->)`)
  if (!between.test(page)) throw new Error(`${PAGE} has no place for ${name}`)
  page = page.replace(between, (_, start: string, end: string) => `${start}\n${part}\n${end}`)
}
writeFileSync(PAGE, page)

// biome-ignore lint/suspicious/noExplicitAny: what the bench has written
function read(file: string): any {
  const path = join(RESULTS, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}
