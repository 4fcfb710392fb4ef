/** White space, and invisible characters: zero-width space, word joiner, byte order mark. */
const SPACE = '[\\p{White_Space}\\u200b\\u2060\\ufeff]+'
const AROUND = new RegExp(`^${SPACE}|${SPACE}$`, 'gu')

/**
 * Removes the space around a name, an address or a code. Phones append spaces, and copied text contains zero-width
 * ones. They are never part of the value.
 */
export function withoutSpaceAround(typed: string): string {
  return typed.replaceAll(AROUND, '')
}
