// Writes src/passwords/common-passwords.txt from .ci/common-passwords.txt, the list that people read: one password a
// line, in the order of its characters. In the written form a line begins with how many characters it shares with the
// one before (base 36), which makes the Worker 20 KiB (gzip) smaller. With --check it writes nothing, and fails where
// the file is not that form.
import { readFileSync, writeFileSync } from 'node:fs'

const SOURCE = '.ci/common-passwords.txt'
const WRITTEN = 'src/passwords/common-passwords.txt'
const MOST_SHARED = 35

const passwords = readFileSync(SOURCE, 'utf8').trimEnd().split('\n')
const written = passwords.map((password, index) => {
  const shared = sharedLength(passwords[index - 1] ?? '', password)
  return shared.toString(36) + password.slice(shared)
})
const text = `${written.join('\n')}\n`

if (!process.argv.includes('--check')) writeFileSync(WRITTEN, text)
else if (readFileSync(WRITTEN, 'utf8') !== text) {
  console.error(
    `${WRITTEN} is not what ${SOURCE} says. Write it anew: node .ci/common-passwords.ts`,
  )
  process.exitCode = 1
}

function sharedLength(one: string, other: string): number {
  let length = 0
  while (length < MOST_SHARED && length < other.length && one[length] === other[length]) length++
  return length
}
