import type { ModelFault } from '../http/problem.ts'
import { withoutSpaceAround } from '../http/typed-text.ts'
import { readDomainName } from '../sites/domain-name.ts'
import { isOfOneScript } from './scripts.ts'

/**
 * Returns the form in which usernames and email addresses are compared: NFKC, case folding (Unicode Standard §3.13),
 * single spaces, no invisible characters. `Straße` and `STRASSE` are one name; so are `u@bücher.example` and
 * `u@xn--bcher-kva.example`. Applying it again changes nothing.
 */
export function comparableName(typed: string): string {
  const name = withoutSpaceAround(typed)
  if (looksLikeAddress(name)) return comparableAddress(name)
  const folded = foldCase(name.normalize('NFKC').replaceAll(/\p{DI}/gu, ''))
  const comparable = withoutSpaceAround(folded.replaceAll(/\p{White_Space}+/gu, ' '))
  return looksLikeAddress(comparable) ? comparableAddress(comparable) : comparable
}

/** Mail servers distinguish the letters of a mailbox, so only letter case is ignored. */
function comparableAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  return `${formerName(address.slice(0, at))}@${readDomainName(domain) ?? formerName(domain)}`
}

/**
 * The form in which older releases compared names, by lower case instead of case folding. Rows keep it until `npm run
 * admin -- users rekey`, and afterwards if another user has the present form.
 */
export function formerName(typed: string): string {
  return withoutSpaceAround(typed).normalize('NFC').toLowerCase().normalize('NFC')
}

/**
 * Returns the keys under which a user of this name may be stored, in the order of the lookup: the opposite order
 * could find another user. One key if both forms are equal, as for every plain ASCII name.
 */
export function nameKeys(typed: string): string[] {
  return [...new Set([formerName(typed), comparableName(typed)])]
}

/** Full case folding. `ı` is an exception, because its capital `I` also belongs to `i`. */
export function foldCase(text: string): string {
  if (isPlainAscii(text)) return text.toLowerCase()
  const folded = Array.from(text.normalize('NFD'), (letter) =>
    letter === '\u0131' ? letter : lower(lower(letter).toUpperCase()),
  )
  return folded.join('').normalize('NFC')
}

/** Letter by letter, because a final sigma is no letter of its own. */
function lower(text: string): string {
  return Array.from(text, (letter) => letter.toLowerCase()).join('')
}

/**
 * Returns why a new user may not have this name; null if they may. Invisible characters and letters that stand for
 * others (NFKC) are refused, and so are mixed scripts beyond ASCII, so that no two names look the same.
 * @param name without surrounding space
 */
export function whyNotUsername(name: string): ModelFault | null {
  // A dot segment would vanish from a URL (RFC 3986 §5.2.4).
  if (name === '' || /^\.\.?$/.test(name)) return 'username-malformed'
  const [unseen] = UNSEEN.exec(name) ?? []
  if (unseen !== undefined)
    return { error: 'username-unseen', values: { character: codePointOf(unseen) } }
  if (/[^\P{White_Space} ]| {2}/u.test(name)) return 'username-spaces'
  const plain = name.normalize('NFKC')
  if (plain !== name.normalize('NFC')) return { error: 'username-not-plain', values: { plain } }
  return isPlainAscii(name) || isOfOneScript(name) ? null : 'username-mixed-scripts'
}

/**
 * Default ignorables, control and format characters, lone surrogates, private-use and unassigned characters, and
 * blanks.
 */
const UNSEEN =
  /[\p{DI}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u2800\ufffc\u{13441}\u{13442}\u{16fe4}\u{1d159}]/u

function codePointOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
  return `U+${hex.padStart(4, '0')}`
}

export function isPlainAscii(name: string): boolean {
  return /^[ -~]*$/.test(name)
}

/** Whether a name has the form of an email address. Only the verified owner of the address may take it. */
export function looksLikeAddress(name: string): boolean {
  return name.includes('@')
}
