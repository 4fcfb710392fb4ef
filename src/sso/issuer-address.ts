import type { Regions } from '../storage/region.ts'

export interface OwnHosts {
  globalOrigin: URL
  regions: Regions
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** Names that lead nowhere outside (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const INSIDE = ['localhost', 'local', 'internal', 'home.arpa', 'test', 'invalid', 'onion']

/**
 * The address of an issuer that a site's admin named, if this service may ask it.
 * @returns null where it may not
 */
export function readIssuerAddress(text: string, own: OwnHosts): URL | null {
  const url = readOutsideAddress(text, own)
  return url?.search === '' ? url : null
}

/**
 * An address that somebody outside named, if this service may ask it: https, a public name, the usual port,
 * none of ours. On a developer's machine, where this service itself is on http, loopback too.
 * @returns null where it may not
 */
export function readOutsideAddress(text: string, own: OwnHosts): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const isPlain = url.username === '' && url.password === '' && url.hash === ''
  // A number in any spelling, and what is not ASCII, comes out of the parser otherwise than it went in.
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
