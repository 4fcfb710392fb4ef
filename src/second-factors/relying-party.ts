import { siteOrigin } from '../sites/site.ts'
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
  const partyAt = (origin: string) => ({ origin, rpId: new URL(origin).hostname, name: site.name })
  const present = partyAt(siteOrigin(site, globalOrigin))
  const belowGlobal = partyAt(siteOrigin({ ...site, domain: null }, globalOrigin))
  return present.origin === belowGlobal.origin ? [present] : [present, belowGlobal]
}

/** The one of these at which a request was made; null on hosts that are of no one site. */
export function partyAt(parties: RelyingParty[], hostname: string): RelyingParty | null {
  return parties.find(({ rpId }) => rpId === hostname) ?? null
}
