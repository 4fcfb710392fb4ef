import { hmacSha256 } from '../crypto/digests.ts'
import type { ModelError } from '../http/problem-types.ts'

interface DomainChallenge {
  name: string
  value: string
}

/** Returns the record to create. It never changes for a site and domain, and differs between sites. */
export async function domainChallenge(
  key: CryptoKey,
  siteId: number,
  domain: string,
): Promise<DomainChallenge> {
  const challenge = await hmacSha256(key, `\u0000domain proof ${siteId} ${domain}`)
  return { name: `_latchkey.${domain}`, value: `latchkey-site-verification=${challenge}` }
}

/**
 * Returns why a domain in comparable form cannot belong to a site; null if it can. IP addresses and single labels
 * cannot.
 */
export function whyNotDomain(domain: string, ownHosts: readonly string[]): ModelError | null {
  const labels = domain.split('.')
  const wellFormed = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  if (domain.length > 253 || labels.length < 2 || !wellFormed || /^\d+$/.test(labels.at(-1) ?? ''))
    return 'domain-malformed'
  if (ownHosts.some((host) => domain === host || domain.endsWith(`.${host}`)))
    return 'domain-reserved'
  return null
}
