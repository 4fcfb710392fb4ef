import type { RequestFacts } from '../http/request-facts.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import { Authority } from './authority.ts'
import type { CredentialEvent } from './credential-event.ts'

/** The user who acts, with the region of the site and the request. */
export interface EventActor {
  live: { user: { id: number }; site: { id: number } }
  region: Region
  request: RequestFacts
}

/** Who did something, from where, and what allowed it. */
export type Author = Pick<
  CredentialEvent,
  'actor' | 'authority' | 'address' | 'userAgent' | 'requestId'
>

/** @param actor see CredentialEvent */
export function authorOf(actor: string, authority: Authority, request: RequestFacts): Author {
  const { address, userAgent, id: requestId } = request
  return { actor, authority, address, userAgent, requestId }
}

/** With `at` in milliseconds since the Unix epoch. */
type EventFacts = Pick<CredentialEvent, 'event' | 'at' | 'changes'>

/** Returns the record of what a user does, to themselves unless `userId` names another user. */
export function eventBy(
  { live: { user, site }, region, request }: EventActor,
  facts: EventFacts & { authority: Authority; userId?: number },
): CredentialEvent {
  return {
    id: newId(region.code),
    siteId: site.id,
    userId: user.id,
    ...authorOf(`user:${user.id}`, facts.authority, request),
    ...facts,
  }
}

/** Returns the record of what an operator does to a user. */
export function eventByOperator(
  { region, account }: { region: Region; account: { user: { id: number; siteId: number } } },
  request: RequestFacts,
  facts: EventFacts,
): CredentialEvent {
  const { user } = account
  return {
    id: newId(region.code),
    siteId: user.siteId,
    userId: user.id,
    ...authorOf('operator', Authority.operator, request),
    ...facts,
  }
}
