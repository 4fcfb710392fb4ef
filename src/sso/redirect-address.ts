import { text } from '../http/check-parameters.ts'
import { hostnameNamed, originNamed } from '../sites/site.ts'
import type { Strategy } from './strategy.ts'

export type Redirect = Pick<Strategy, 'id' | 'originName'>

/**
 * Returns the address that receives a strategy's callbacks: at the site's own origin, and for one strategy only. A
 * code is received at no other address and is never forwarded (RFC 9700 §2.1, §4.4.2.2).
 */
export function redirectAddress({ id, originName }: Redirect, globalOrigin: URL): string {
  return `${originNamed(originName, globalOrigin)}/login_from_oauth/${id}`
}

export function redirectHost({ originName }: Redirect, globalOrigin: URL): string {
  return hostnameNamed(originName, globalOrigin)
}

export const redirectHostParameter = text(253).describe(
  'A host of the site: of its subdomain, or its verified domain',
)
