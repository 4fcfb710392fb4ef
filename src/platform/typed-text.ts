/**
 * A name, an address or a code without the white space and the unseen characters around it: phones append a
 * space, and copied texts bring zero-width characters along. They are never a part of any.
 */
export function withoutSpaceAround(typed: string): string {
  return typed.replaceAll(/^[\s\p{White_Space}\p{DI}]+|[\s\p{White_Space}\p{DI}]+$/gu, '')
}
