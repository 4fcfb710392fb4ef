/** What people and keyboards put between and around the characters of a code. */
const SEPARATORS = /[\p{White_Space}\p{Pd}\p{DI}\p{Cf}\u2212.·_]/gu

/**
 * A code as it was typed, in the one form in which codes are compared: `１２３-４５６`, `١٢٣ ٤٥٦` and `123456` are
 * the same. No separator counts, nor does the script of a digit.
 */
export function readTypedCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .replaceAll(SEPARATORS, '')
    .replaceAll(/\p{Nd}/gu, asciiDigit)
}

/** The digits of a script follow each other from zero on (Unicode Standard §4.6). */
function asciiDigit(digit: string): string {
  let value = 0
  for (let code = digit.codePointAt(0) ?? 0; isDigit(code - 1); code--) value++
  return String(value % 10)
}

function isDigit(code: number): boolean {
  return /\p{Nd}/u.test(String.fromCodePoint(code))
}
