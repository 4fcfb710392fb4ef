import { newId } from '../platform/ids.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region } from '../regions/region.ts'
import type { CredentialEvent } from './credential-event.ts'

/** The user who acts, in the region of its site, and by which request. */
export interface Acting {
  live: { user: { id: number }; site: { id: number } }
  region: Region
  request: RequestFacts
}

/**
 * The record of what a user does: to itself, unless `userId` names another.
 * @param happening with `at` in milliseconds since the Unix epoch
 */
export function eventBy(
  { live, region, request }: Acting,
  happening: Pick<CredentialEvent, 'event' | 'at' | 'changes'> & { userId?: number },
): CredentialEvent {
  return {
    ...{ id: newId(region.code), siteId: live.site.id, userId: live.user.id },
    actor: `user:${live.user.id}`,
    ...{ address: request.address, userAgent: request.userAgent, requestId: request.id },
    ...happening,
  }
}
