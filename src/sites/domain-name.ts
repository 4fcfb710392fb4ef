import { withoutSpaceAround } from '../http/typed-text.ts'

/** The characters of labels, and the dots of Chinese and Japanese keyboards (UTS 46 §2.3). */
const WRITTEN = /^[\p{L}\p{M}\p{Nd}\-.\u3002\uff0e\uff61]+$/u
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

/**
 * Returns a domain name in its stored form: ASCII (UTS 46), lower case, without a final dot. `Bücher.example.`
 * becomes `xn--bcher-kva.example`. Null if it is not a DNS name, such as an IP address.
 */
export function readDomainName(typed: string): string | null {
  const written = withoutSpaceAround(typed)
  // The URL parser would also unescape, and read numbers as IPv4 addresses.
  if (!WRITTEN.test(written)) return null
  const lower = written.normalize('NFC').toLowerCase()
  const name = URL.parse(`http://${lower}/`)?.hostname.replace(/\.$/, '') ?? ''
  const labels = name.split('.')
  const isName = name.length <= 253 && labels.every((label) => LABEL.test(label))
  return isName && !/^\d+$/.test(labels.at(-1) ?? '') ? name : null
}
