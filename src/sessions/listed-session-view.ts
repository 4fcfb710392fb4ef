import * as z from 'zod'
import { sessionTimeout } from './session.ts'
import type { ListedSession } from './session-store.ts'

/** A session in a list, for its user or an admin. Never contains a credential. */
export const listedSessionObject = z
  .object({
    id: z.int(),
    user_id: z.int(),
    username: z.string(),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().describe('Updated every 5 minutes at most'),
    timeout_at: z.iso.datetime().describe('When it expires if it is not used'),
    ip: z.string().nullable().describe('The IP address where the session began'),
    place: z.string().nullable().describe('The approximate city and country of that address'),
    user_agent: z.string(),
    current: z.boolean().describe('Whether it is the current session'),
  })
  .meta({ id: 'ListedSession' })

/** @param currentId the session in use; null with an API key */
export function viewListedSession(
  listed: ListedSession,
  currentId: number | null,
): z.infer<typeof listedSessionObject> {
  const { session, user } = listed
  return {
    id: session.id,
    user_id: session.userId,
    username: user.username,
    created_at: new Date(session.createdAt).toISOString(),
    last_used_at: new Date(session.lastUsedAt).toISOString(),
    timeout_at: new Date(sessionTimeout(listed)).toISOString(),
    ip: session.address,
    place: session.place,
    user_agent: session.userAgent,
    current: session.id === currentId,
  }
}
