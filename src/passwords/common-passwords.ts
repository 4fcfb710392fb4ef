import list from './common-passwords.txt'

/**
 * Whether a password is among the commonest, in any letter case. The list: of the ten million leaked
 * passwords that SecLists publishes by frequency (MIT), the first 12,000 of 8 characters or more and the
 * first 3,500 of 15 or more, in lower case. .ci/common-passwords.ts writes it, in a shorter form.
 */
export function isCommonPassword(password: string): boolean {
  read ??= passwordsOf(list)
  return read.has(password.toLowerCase())
}

let read: Set<string> | undefined

/** Each line begins with how many characters it shares with the password before (base 36). */
function passwordsOf(lines: string): Set<string> {
  const passwords = new Set<string>()
  let before = ''
  for (const line of lines.trimEnd().split('\n')) {
    before = before.slice(0, Number.parseInt(line.slice(0, 1), 36)) + line.slice(1)
    passwords.add(before)
  }
  return passwords
}
