import type { Requester } from '../access/actor.ts'
import {
  type Authority,
  type CredentialEvent,
  changesBetween,
  eventBy,
} from '../audit/credential-event.ts'
import type { Site } from './site.ts'
import { viewSite } from './site-view.ts'

/** The record of a site's change, with values before and after as the API shows them. */
export function siteEvent(
  actor: Requester,
  { before, after, ...rest }: { before: Site; after: Site; authority: Authority; at: number },
): CredentialEvent {
  const changes = changesBetween(viewSite(before), viewSite(after))
  return eventBy(actor, { event: 'site_changed', ...rest, changes })
}
