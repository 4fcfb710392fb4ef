import type { Regions } from '../storage/region.ts'

export interface OwnHosts {
  globalOrigin: URL
  regions: Regions
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** Names that are not public (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const INSIDE = ['localhost', 'local', 'internal', 'home.arpa', 'test', 'invalid', 'onion']

/**
 * Reads the issuer URL that an admin entered.
 * @returns null if this service may not fetch it
 */
export function readIssuerAddress(text: string, own: OwnHosts): URL | null {
  const url = readOutsideAddress(text, own)
  return url?.search === '' ? url : null
}

/**
 * Reads a URL that an outsider named: https, a public name, the default port, and not one of our hosts. On a
 * developer's machine, where this service runs on http, loopback is allowed too.
 * @returns null if this service may not fetch it
 */
export function readOutsideAddress(text: string, own: OwnHosts): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const isPlain = url.username === '' && url.password === '' && url.hash === ''
  // The parser rewrites numbers in any notation and names that are not ASCII, so such a URL no longer starts as it
  // was sent.
  if (!isPlain || !text.startsWith(`${url.protocol}//${url.host}`)) return null
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  if (isWeb && own.globalOrigin.protocol === 'http:' && url.hostname === 'localhost') return url
  const isOutside = url.protocol === 'https:' && url.port === '' && isPublicName(url.hostname, own)
  return isOutside ? url : null
}

function isPublicName(hostname: string, { globalOrigin, regions }: OwnHosts): boolean {
  const labels = hostname.split('.')
  const isName = labels.length > 1 && labels.every((label) => LABEL.test(label))
  const isBelow = (parent: string) => hostname === parent || hostname.endsWith(`.${parent}`)
  const isNumber = /^\d+$/.test(labels.at(-1) ?? '')
  return (
    isName &&
    !isNumber &&
    !INSIDE.some(isBelow) &&
    !isBelow(globalOrigin.hostname) &&
    regions.withHost(hostname) === null
  )
}
