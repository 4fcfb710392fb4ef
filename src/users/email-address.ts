import { withoutSpaceAround } from '../http/typed-text.ts'
import { readDomainName } from '../sites/domain-name.ts'

/** RFC 5321 §4.5.3.1. */
const LONGEST_LOCAL_PART = 64
const LONGEST = 254

const ATOM = "[\\w!#$%&'*+/=?^`{|}~-]+"
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`)

/**
 * An email address without the space around it; null for what mail cannot be delivered to. It is a dot-atom of
 * ASCII, `@` and a domain of at least two labels (RFC 5321 §4.1.2): mail to other letters before the `@` needs
 * SMTPUTF8, which few servers speak. What could end a command or a header, or add another address to one, has no
 * place in it.
 */
export function readEmailAddress(typed: string): string | null {
  const address = withoutSpaceAround(typed)
  const deliverable = deliverableAddress(address)
  return deliverable === null || deliverable.length > LONGEST ? null : address
}

/** The address as every mail server takes it: its domain in ASCII. Null for what is none. */
export function deliverableAddress(address: string): string | null {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = address.endsWith('.') ? null : readDomainName(address.slice(at + 1))
  const isLocal = local.length <= LONGEST_LOCAL_PART && LOCAL_PART.test(local)
  return at > 0 && isLocal && domain?.includes('.') ? `${local}@${domain}` : null
}
