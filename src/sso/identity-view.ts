import * as z from 'zod'
import type { Identity } from './identity.ts'

/** A user's identity at an identity provider. */
export const identityObject = z
  .object({
    id: z.int(),
    user_id: z.int(),
    sso_strategy_id: z.int().describe('The strategy that linked it'),
    label: z.string().describe('The label of that strategy'),
    issuer: z.string(),
    subject: z.string().describe('The person’s permanent identifier at that issuer'),
    email: z.string().nullable().describe('As the provider last sent it'),
    groups: z.array(z.string()).describe('The stored groups, as the provider last sent them'),
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
