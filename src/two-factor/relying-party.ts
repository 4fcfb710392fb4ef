import { hostNamesOf, hostnameNamed, originNamed } from '../sites/site.ts'
import type { Account } from '../users/account.ts'

/** A host of a site: its name is the RP ID of the keys registered there, and its origin their AppID. */
export interface RelyingParty {
  rpId: string
  origin: string
  name: string
}

/** The hosts of a site, the current one first. A key works at the host where it was registered. */
export function relyingPartiesOf(
  { site }: Pick<Account, 'site'>,
  globalOrigin: URL,
): [RelyingParty, ...RelyingParty[]] {
  const [present, ...others] = hostNamesOf(site).map((name) => ({
    origin: originNamed(name, globalOrigin),
    rpId: hostnameNamed(name, globalOrigin),
    name: site.name,
  }))
  if (!present) throw new TypeError('a site has a host')
  return [present, ...others]
}

/** The relying party of a request's host; null on hosts that belong to no single site. */
export function partyAt(parties: RelyingParty[], hostname: string): RelyingParty | null {
  return parties.find(({ rpId }) => rpId === hostname) ?? null
}
