/** White space, and what is as unseen between words: zero-width space, word joiner, byte order mark. */
const SPACE = '[\\p{White_Space}\\u200b\\u2060\\ufeff]+'
const AROUND = new RegExp(`^${SPACE}|${SPACE}$`, 'gu')

/**
 * A name, an address or a code without the space around it: phones append one, and copied texts bring zero-width
 * ones along. It is never a part of any.
 */
export function withoutSpaceAround(typed: string): string {
  return typed.replaceAll(AROUND, '')
}
