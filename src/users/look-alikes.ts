import confusables from './confusables.txt'
import { foldCase } from './username.ts'

/**
 * Returns the skeleton of a name (UTS 39 §4) in any letter case: names that look alike have the same one. It depends
 * on letter case, because `ВОВ` looks like `BOB` and `вов` does not.
 */
export function skeletonOf(name: string): string {
  const parts = name
    .normalize('NFKC')
    .normalize('NFD')
    .replaceAll(/\p{DI}/gu, '')
  const look = Array.from(parts, (part) => prototypes().get(part) ?? part).join('')
  return foldCase(look).normalize('NFC')
}

let read: Map<string, string> | undefined

/** Loaded when first needed: most names are plain ASCII and need no comparison. */
function prototypes(): Map<string, string> {
  if (read) return read
  read = new Map()
  for (const line of confusables.split('\n')) {
    const [prototype = '', look = ''] = line.split('\t')
    for (const character of look) read.set(character, prototype)
  }
  return read
}
