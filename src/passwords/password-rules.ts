import type { ModelFault } from '../http/problem.ts'
import type { Site } from '../sites/site.ts'
import list from './common-passwords.txt'

/** The least minimum that a site can set (ASVS 6.2.1). */
const LEAST_CHARACTERS = 8

/** Shorter names are not removed before the check. */
const SHORTEST_NAME = 4

export interface PasswordOwner {
  site: Site
  username: string
  email: string | null
}

/**
 * Returns everything about a new password that its site's rules forbid or that makes it easy to guess (NIST SP
 * 800-63B-4 §3.1.1.2). Required letters, numbers and special characters are always the site's choice.
 */
export function brokenRules(password: string, owner: PasswordOwner): ModelFault[] {
  const { site } = owner
  const characters = charactersOf(password)
  const least = Math.max(site.passwordMinLength, LEAST_CHARACTERS)
  const faults: [boolean, ModelFault][] = [
    [
      characters.length < least,
      { error: 'password-too-short', values: { characters: String(least) } },
    ],
    [site.passwordRequireLetter && !/\p{L}/u.test(password), 'password-lacks-letter'],
    [
      site.passwordRequireMixed && !/\p{Ll}.*\p{Lu}|\p{Lu}.*\p{Ll}/su.test(password),
      'password-lacks-mixed',
    ],
    [site.passwordRequireNumber && !/\p{Nd}/u.test(password), 'password-lacks-number'],
    [site.passwordRequireSpecial && !/[^\p{L}\p{N}]/u.test(password), 'password-lacks-special'],
    [isCommonPassword(password) || isRepetition(characters), 'password-is-common'],
    [isMostlyName(password, owner), 'password-holds-name'],
  ]
  return faults.flatMap(([isBroken, fault]) => (isBroken ? [fault] : []))
}

/** The code points of the form that is hashed. */
function charactersOf(password: string): string[] {
  return Array.from(password.normalize('NFC'))
}

/** Whether a password repeats something short or common, such as `abcabcabcabcabc`. */
function isRepetition(characters: string[]): boolean {
  for (let period = 1; period * 2 <= characters.length; period++)
    if (characters.every((one, at) => one === characters[at % period]))
      return period < LEAST_CHARACTERS || isCommonPassword(characters.slice(0, period).join(''))
  return false
}

/** Whether hardly anything, or something common, is left once the names that an attacker knows are removed. */
function isMostlyName(password: string, { site, username, email }: PasswordOwner): boolean {
  const given = password.normalize('NFC').toLowerCase()
  const rest = [username, email, email?.split('@')[0], site.name, site.subdomain, site.domain]
    .map((name) => (name ?? '').normalize('NFC').toLowerCase())
    .filter((name) => name.length >= SHORTEST_NAME)
    .sort((a, b) => b.length - a.length)
    .reduce((left, name) => left.replaceAll(name, ''), given)
  return rest !== given && (charactersOf(rest).length < LEAST_CHARACTERS || isCommonPassword(rest))
}

/**
 * Whether a password is among the commonest, in any letter case. The list: of the ten million leaked
 * passwords that SecLists publishes by frequency (MIT), the first 12,000 of 8 characters or more and the
 * first 3,500 of 15 or more, in lower case. .ci/common-passwords.ts writes it, in a shorter form.
 */
function isCommonPassword(password: string): boolean {
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
