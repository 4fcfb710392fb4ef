// Writes src/users/confusables.txt: of Unicode's confusables.txt (UTS 39), as the npm package unhomoglyph has it,
// what may stand in a username. With --check it writes nothing, and fails where the file is another.
import { readFileSync, writeFileSync } from 'node:fs'
import data from 'unhomoglyph/data.json' with { type: 'json' }

const path = 'src/users/confusables.txt'

const byTarget = Map.groupBy(
  Object.entries(data).filter(([source]) => mayStandInName(source)),
  ([, target]) => target,
)
const lines = [...byTarget].map(
  ([target, sources]) => `${target}\t${sources.map(([source]) => source).join('')}`,
)
const written = `${lines.join('\n')}\n`

if (!process.argv.includes('--check')) writeFileSync(path, written)
else if (readFileSync(path, 'utf8') !== written) {
  console.error(`${path} is not what its source says. Write it anew: node .ci/confusables.ts`)
  process.exitCode = 1
}

/** One code point that no normalization takes apart; others are in no username. */
function mayStandInName(source: string): boolean {
  const isWhole = [...source.normalize('NFKD')].length === 1 && source.normalize('NFKC') === source
  return isWhole && !/[\p{C}\p{Z}\p{DI}]/u.test(source)
}
