import type { ModelFault } from '../http/problem-types.ts'
import { withoutSpaceAround } from '../http/typed-text.ts'
import { readDomainName } from '../sites/domain-name.ts'
import { isOfOneScript } from './scripts.ts'

/**
 * The form in which usernames and email addresses are compared: NFKC, case folding (Unicode Standard §3.13), one
 * space for many, no unseen characters. `Straße` and `STRASSE` are one name; so are `u@bücher.example` and
 * `u@xn--bcher-kva.example`. Applied again it changes nothing.
 */
export function comparableName(typed: string): string {
  const name = withoutSpaceAround(typed)
  if (looksLikeAddress(name)) return comparableAddress(name)
  const folded = foldCase(name.normalize('NFKC').replaceAll(/\p{DI}/gu, ''))
  const comparable = withoutSpaceAround(folded.replaceAll(/\p{White_Space}+/gu, ' '))
  return looksLikeAddress(comparable) ? comparableAddress(comparable) : comparable
}

/** No letter of a mailbox is another one to a mail server: only its case is left out. */
function comparableAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  return `${formerName(address.slice(0, at))}@${readDomainName(domain) ?? formerName(domain)}`
}

/**
 * The form in which names were compared before: lower case is not case folding. Rows have it until
 * `npm run admin -- users rekey`, and keep it where another user has the present form.
 */
export function formerName(typed: string): string {
  return withoutSpaceAround(typed).normalize('NFC').toLowerCase().normalize('NFC')
}

/**
 * The keys under which a user of this name may be kept, in the order in which they are looked for: the other order
 * would find somebody else. One where both forms are the same, as of every plain ASCII name.
 */
export function nameKeys(typed: string): string[] {
  return [...new Set([formerName(typed), comparableName(typed)])]
}

/** Full case folding. The capital of `ı` is no capital of it alone. */
export function foldCase(text: string): string {
  const folded = Array.from(text.normalize('NFD'), (letter) =>
    letter === '\u0131' ? letter : lower(lower(letter).toUpperCase()),
  )
  return folded.join('').normalize('NFC')
}

/** Letter by letter: a sigma at the end of a word is none of its own. */
function lower(text: string): string {
  return Array.from(text, (letter) => letter.toLowerCase()).join('')
}

/**
 * Why nobody new may be called so; null where somebody may. No name looks just like another: nothing in it that
 * nobody sees, no letter that stands for others (NFKC), and beyond ASCII the letters of one script.
 * @param name without the space around it
 */
export function whyNotUsername(name: string): ModelFault | null {
  // A dot segment would vanish from an address (RFC 3986 §5.2.4).
  if (name === '' || /^\.\.?$/.test(name)) return 'username-malformed'
  const [unseen] = UNSEEN.exec(name) ?? []
  if (unseen !== undefined)
    return { error: 'username-unseen', values: { character: codePointOf(unseen) } }
  if (/[^\P{White_Space} ]| {2}/u.test(name)) return 'username-spaces'
  const plain = name.normalize('NFKC')
  if (plain !== name.normalize('NFC')) return { error: 'username-not-plain', values: { plain } }
  return isPlainAscii(name) || isOfOneScript(name) ? null : 'username-mixed-scripts'
}

/** Default ignorables, control and format characters, half characters, what no standard gives a look, and blanks. */
const UNSEEN =
  /[\p{DI}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u2800\ufffc\u{13441}\u{13442}\u{16fe4}\u{1d159}]/u

function codePointOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
  return `U+${hex.padStart(4, '0')}`
}

export function isPlainAscii(name: string): boolean {
  return /^[ -~]*$/.test(name)
}

/** Whether a name has the form of an email address, which nobody may take but its verified owner. */
export function looksLikeAddress(name: string): boolean {
  return name.includes('@')
}
