import type { Language } from '../http/languages.ts'
import { fill } from '../messages/messages.ts'
import { DAY } from '../storage/clock.ts'
import { adminMessagesFor } from '../ui/admin/messages.ts'
import { DOMAIN_GRACE_MS } from './recheck-domains.ts'
import type { Site } from './site.ts'
import { domainChallenge } from './verify-domain.ts'

/** Says that the domain's TXT record is missing and what to do; null if it is there. */
export async function warningOfDomain(
  { domainProofKey }: { domainProofKey: CryptoKey },
  { site, language }: { site: Site; language: Language },
): Promise<string | null> {
  const { domain, domainVerifiedAt, domainMissingSince } = site
  if (domain === null || domainVerifiedAt === null || domainMissingSince === null) return null
  const { name, value } = await domainChallenge(domainProofKey, site.id, domain)
  const since = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    domainMissingSince,
  )
  const days = String(DOMAIN_GRACE_MS / DAY)
  const { recordMissing } = adminMessagesFor(language).ssoAddress
  return fill(recordMissing, { domain, since, name, value, days })
}
