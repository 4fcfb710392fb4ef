import { type CredentialEvent, changesBetween } from '../history/credential-event.ts'
import { type Acting, eventBy } from '../history/event-by.ts'
import type { Site } from '../sites/site.ts'
import { viewSite } from '../sites/site-view.ts'
import type { Account } from '../users/account.ts'

/** The admin whose site it is, and by which request. */
export interface SiteActing extends Acting {
  live: Account
}

/** The record of a change of a site: what was and what is, as the API shows it. */
export function siteEvent(
  acting: SiteActing,
  { before, after, at }: { before: Site; after: Site; at: number },
): CredentialEvent {
  const changes = changesBetween(viewSite(before), viewSite(after))
  return eventBy(acting, { event: 'site_changed', at, changes })
}
