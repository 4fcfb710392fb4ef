const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const IPV6_CHARACTERS = /^[0-9a-f:.]{2,45}$/i
const IPV4_IN_IPV6 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/** Returns the form in which IP addresses are compared and stored (RFC 5952); null if the text is none. */
export function canonicalAddress(text: string): string | null {
  if (IPV4.test(text)) return text
  if (!IPV6_CHARACTERS.test(text) || !URL.canParse(`http://[${text}]/`)) return null
  const address = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const [, high, low] = IPV4_IN_IPV6.exec(address) ?? []
  if (!high || !low) return address
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
}

/** The network of one subscriber: an IPv4 address, or the /64 of an IPv6 address, which the subscriber can vary. */
export function networkOf(address: string): string {
  const canonical = canonicalAddress(address)
  if (!canonical?.includes(':')) return canonical ?? address
  return `${groupsOf(canonical).slice(0, 4).join(':')}::/64`
}

/** Whether two clients are in one network. Clients without an IP address match only each other. */
export function areOfOneNetwork(one: string | null, other: string | null): boolean {
  return (one && networkOf(one)) === (other && networkOf(other))
}

/** The eight groups of a canonical IPv6 address. */
function groupsOf(canonical: string): string[] {
  const [head = '', tail = ''] = canonical.split('::')
  const [first, last] = [head, tail].map((part) => part.split(':').filter(Boolean))
  const zeros = Array(8)
    .fill('0')
    .slice((first?.length ?? 0) + (last?.length ?? 0))
  return [...(first ?? []), ...zeros, ...(last ?? [])]
}

/** The list is read with every request that it applies to. */
const MOST_LINES = 200

/**
 * Reads a list of IP addresses and networks in CIDR notation (RFC 4632, RFC 4291) into one per line; null if one is
 * invalid or there are too many.
 */
export function readAddressList(sent: string | undefined): string | null | undefined {
  const lines = sent?.split(/[\s,]+/).filter((line) => line !== '') ?? []
  if (lines.length > MOST_LINES || lines.some((line) => readNetwork(line) === null)) return null
  return sent === undefined ? undefined : lines.join('\n')
}

/** Whether an IP address is in one of the listed networks, one per line. An empty list allows all. */
export function isAllowedAddress(list: string, address: string | null): boolean {
  if (list === '') return true
  const bits = address === null ? null : bitsOf(address)
  return bits !== null && list.split('\n').some((line) => isIn(readNetwork(line), bits))
}

/** An IPv6 network contains IPv4 addresses only if it is within IPv4's range: `::/0` means any IPv6 address. */
function isIn(network: string | null, bits: string): boolean {
  if (network === null || !bits.startsWith(network)) return false
  return network.length >= IPV4_BITS.length || !bits.startsWith(IPV4_BITS)
}

/** The range of IPv4 in IPv6 (RFC 4291 §2.5.5.2). */
const IPV4_BITS = `${'0'.repeat(80)}${'1'.repeat(16)}`

/**
 * Returns a network's prefix as text of 0 and 1, with IPv4 inside IPv6. Null for a notation that names an IPv4
 * address but would contain none: `::ffff:203.0.113.0/24` counts its bits from the start of IPv6.
 */
function readNetwork(line: string): string | null {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(line.trim()) ?? []
  const bits = bitsOf(address)
  if (bits === null) return null
  const isMapped = bits.startsWith(IPV4_BITS)
  const isIpv6 = address.includes(':')
  if (isIpv6 && address.includes('.') && !isMapped && !bits.startsWith(NAT64_BITS)) return null
  if (length === undefined) return bits
  const fixed = Number(length) + (isIpv6 ? 0 : IPV4_BITS.length)
  if (isIpv6 && isMapped && fixed < IPV4_BITS.length) return null
  return fixed <= bits.length ? bits.slice(0, fixed) : null
}

/** 64:ff9b::/32, the range that translates to IPv4 (RFC 6052 §2.1, RFC 8215). */
const NAT64_BITS = [0x64, 0xff9b].map((group) => group.toString(2).padStart(16, '0')).join('')

function bitsOf(address: string): string | null {
  const canonical = canonicalAddress(address)
  if (canonical === null) return null
  if (!canonical.includes(':')) {
    const bytes = canonical.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0'))
    return `${IPV4_BITS}${bytes.join('')}`
  }
  return groupsOf(canonical)
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('')
}
