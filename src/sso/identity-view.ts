import * as z from 'zod'
import type { Identity } from './identity.ts'

/** A user's identity at an identity provider. */
export const identityObject = z
  .object({
    id: z.int(),
    user_id: z.int(),
    sso_strategy_id: z.int().describe('By which it was linked'),
    label: z.string().describe('What that strategy is called'),
    issuer: z.string(),
    subject: z.string().describe('The person’s name for good, at that issuer'),
    email: z.string().nullable().describe('As the provider told it last'),
    groups: z.array(z.string()).describe('What is kept of those that the provider told last'),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime(),
  })
  .meta({ id: 'SsoIdentity' })

export function viewIdentity(identity: Identity, label: string): z.infer<typeof identityObject> {
  return {
    id: identity.id,
    user_id: identity.userId,
    sso_strategy_id: identity.strategyId,
    label,
    issuer: identity.issuer,
    subject: identity.subject,
    email: identity.email,
    groups: JSON.parse(identity.groups),
    created_at: new Date(identity.createdAt).toISOString(),
    last_used_at: new Date(identity.lastUsedAt).toISOString(),
  }
}
