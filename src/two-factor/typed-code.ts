/** The characters that people and keyboards put around and between those of a code. */
const SEPARATORS = /[\p{White_Space}\p{Pd}\p{DI}\p{Cf}\u2212.·_]/gu

/**
 * Returns a typed code in its comparable form: without separators, and with ASCII digits. `１２３-４５６`, `١٢٣ ٤٥٦` and
 * `123456` are the same.
 */
export function readTypedCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .replaceAll(SEPARATORS, '')
    .replaceAll(/\p{Nd}/gu, asciiDigit)
}

/** The digits of a script are consecutive, starting at zero (Unicode Standard §4.6). */
function asciiDigit(digit: string): string {
  let value = 0
  for (let code = digit.codePointAt(0) ?? 0; isDigit(code - 1); code--) value++
  return String(value % 10)
}

function isDigit(code: number): boolean {
  return /\p{Nd}/u.test(String.fromCodePoint(code))
}
