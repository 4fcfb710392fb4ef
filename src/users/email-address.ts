import { withoutSpaceAround } from '../http/typed-text.ts'
import { readDomainName } from '../sites/domain-name.ts'

/** RFC 5321 §4.5.3.1. */
const LONGEST_LOCAL_PART = 64
const LONGEST = 254

const ATOM = "[\\w!#$%&'*+/=?^`{|}~-]+"
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`)

/**
 * Returns an email address without surrounding space; null if mail cannot be delivered to it. It must be a dot-atom
 * of ASCII, `@` and a domain of at least two labels (RFC 5321 §4.1.2), because few servers support other letters
 * before the `@` (SMTPUTF8). Characters that could end a command or header, or add another address, are not allowed.
 */
export function readEmailAddress(typed: string): string | null {
  const address = withoutSpaceAround(typed)
  const deliverable = deliverableAddress(address)
  return deliverable === null || deliverable.length > LONGEST ? null : address
}

/**
 * Returns the address in the form that every mail server accepts, with its domain in ASCII. Null if it is no address.
 */
export function deliverableAddress(address: string): string | null {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = address.endsWith('.') ? null : readDomainName(address.slice(at + 1))
  const isLocal = local.length <= LONGEST_LOCAL_PART && LOCAL_PART.test(local)
  return at > 0 && isLocal && domain?.includes('.') ? `${local}@${domain}` : null
}
