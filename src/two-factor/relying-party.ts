import { hostNamesOf, hostnameNamed, originNamed } from '../sites/site.ts'
import type { Account } from '../users/account.ts'

/** A host of a site: the RP ID of the keys that were made for it, and its origin, their AppID. */
export interface RelyingParty {
  rpId: string
  origin: string
  name: string
}

/** Every host of a site, its present address first: keys are good at the one that they were made for. */
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

/** The one of these at which a request was made; null on hosts that are of no one site. */
export function partyAt(parties: RelyingParty[], hostname: string): RelyingParty | null {
  return parties.find(({ rpId }) => rpId === hostname) ?? null
}
