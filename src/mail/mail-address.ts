/** RFC 5321 §4.5.3.1.3, without the brackets around a path. */
const LONGEST = 254

const beyondAscii = '[^\\p{ASCII}\\p{C}\\p{Z}]'
const localPart = `(?:[\\w.!#$%&'*+/=?^\`{|}~\\-]|${beyondAscii}){1,64}`
const label = `(?:[A-Za-z0-9\\-]|${beyondAscii})+`
const plainAddress = new RegExp(`^${localPart}@${label}(?:\\.${label})*$`, 'u')

/**
 * Whether a text is a plain mail address: a dot-atom, `@` and a domain (RFC 5322 §3.4.1, with RFC 6531
 * §3.3 for other scripts). What could end a command or a header, or add another address to one, has no
 * place in it: control characters, spaces, angle brackets, commas, quotes.
 */
export function isMailAddress(text: string): boolean {
  return text.length <= LONGEST && plainAddress.test(text)
}

/** The address as every mail server takes it: its domain in ASCII. Null where its local part is not. */
export function asciiAddress(address: string): string | null {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const url = `http://${address.slice(at + 1)}/`
  if (/[^\p{ASCII}]/u.test(local) || !URL.canParse(url)) return null
  return `${local}@${new URL(url).hostname}`
}
