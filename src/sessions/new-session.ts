import type { RequestFacts } from '../http/request-facts.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import {
  type LiveSession,
  type NewSession,
  originOf,
  type SessionRow,
  timeoutAfterUse,
} from './session.ts'
import { SESSION_LIFETIME_MS } from './session-lifetime.ts'

export interface LoggedIn {
  live: LiveSession
  region: Region
  /** The credential in full. It is returned only once. */
  sessionString: string
}

/** Returns the row of a session that starts now, in milliseconds. */
export function newSession(
  { user, site }: Account,
  now: number,
  {
    request,
    parent,
    ...identity
  }: {
    id: number
    digest: string
    credentialVersion: number
    secondFactorAt: number
    epoch: number
    request: RequestFacts
    /** When the user authenticated. */
    authenticatedAt: number
    /** The session that it ends with; null if there is none. */
    parent: SessionRow | null
  },
): NewSession {
  const endsAt = parent?.endsAt ?? now + SESSION_LIFETIME_MS
  return {
    ...identity,
    siteId: site.id,
    userId: user.id,
    createdAt: now,
    lastUsedAt: now,
    timeoutAt: timeoutAfterUse(now, endsAt, site.sessionExpiry),
    endsAt,
    parentId: parent?.id ?? null,
    formerId: null,
    ...originOf(request),
  }
}
