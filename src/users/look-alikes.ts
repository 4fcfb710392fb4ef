import confusables from './confusables.txt'
import { foldCase } from './username.ts'

/**
 * What a name looks like (UTS 39 §4, skeleton), in any letter case: names that people take for each other have the
 * same. It is made of the name as it is shown: `ВОВ` looks like `BOB`, and `вов` does not.
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

/** Read at first use: most names are plain ASCII, and are never compared so. */
function prototypes(): Map<string, string> {
  if (read) return read
  read = new Map()
  for (const line of confusables.split('\n')) {
    const [prototype = '', look = ''] = line.split('\t')
    for (const character of look) read.set(character, prototype)
  }
  return read
}
