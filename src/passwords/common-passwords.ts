import list from './common-passwords.txt'

/**
 * Whether a password is among the commonest, in any letter case. The list: of the ten million leaked
 * passwords that SecLists publishes by frequency (MIT), the first 12,000 of 8 characters or more and the
 * first 3,500 of 15 or more, in lower case, one a line.
 */
export function isCommonPassword(password: string): boolean {
  const line = password.toLowerCase()
  return !line.includes('\n') && lines().includes(`\n${line}\n`)
}

let bounded: string | undefined

function lines(): string {
  bounded ??= `\n${list}`
  return bounded
}
