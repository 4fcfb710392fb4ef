import { withoutSpaceAround } from '../http/typed-text.ts'

/** What labels are written with, and the dots of Chinese and Japanese keyboards (UTS 46 §2.3). */
const WRITTEN = /^[\p{L}\p{M}\p{Nd}\-.\u3002\uff0e\uff61]+$/u
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

/**
 * A domain name as it is compared and kept, however it was typed: in ASCII (UTS 46), in lower case, without the
 * dot of the root. `Bücher.example.` is `xn--bcher-kva.example`. Null for what is no name of the DNS, such as an
 * IP address.
 */
export function readDomainName(typed: string): string | null {
  const written = withoutSpaceAround(typed)
  // The parser of addresses would also unescape, and read numbers as an IPv4 address.
  if (!WRITTEN.test(written)) return null
  const lower = written.normalize('NFC').toLowerCase()
  const name = URL.parse(`http://${lower}/`)?.hostname.replace(/\.$/, '') ?? ''
  const labels = name.split('.')
  const isName = name.length <= 253 && labels.every((label) => LABEL.test(label))
  return isName && !/^\d+$/.test(labels.at(-1) ?? '') ? name : null
}
