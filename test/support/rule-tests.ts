import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Whether a test file is about rules alone, with no import that leads to the stores of the service. */
export function isAboutRules(path: string): boolean {
  return !leadsToStores(path)
}

const known = new Map<string, boolean>()

function leadsToStores(path: string): boolean {
  const answer = known.get(path) ?? path === 'test/support/env.ts'
  // Provisional until the result is known, since an import cycle leads nowhere else.
  known.set(path, answer)
  if (answer || !path.startsWith('test/')) return answer
  const imports = readFileSync(path, 'utf8').matchAll(/\bfrom '(\.{1,2}\/[^']+)'/g)
  const leads = [...imports].some(([, to = '']) => leadsToStores(join(dirname(path), to)))
  known.set(path, leads)
  return leads
}
