const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const IPV6_CHARACTERS = /^[0-9a-f:.]{2,45}$/i
const IPV4_IN_IPV6 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/** The one form in which an IP address is compared and stored (RFC 5952), or null where the text is none. */
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

/** What one subscriber has: an IPv4 address, or the /64 of an IPv6 one, which is theirs to vary. */
export function networkOf(address: string): string {
  const canonical = canonicalAddress(address)
  if (!canonical?.includes(':')) return canonical ?? address
  const [head = '', tail = ''] = canonical.split('::')
  const [first, last] = [head, tail].map((part) => part.split(':').filter(Boolean))
  const zeros = Array(8)
    .fill('0')
    .slice((first?.length ?? 0) + (last?.length ?? 0))
  const groups = [...(first ?? []), ...zeros, ...(last ?? [])]
  return `${groups.slice(0, 4).join(':')}::/64`
}
