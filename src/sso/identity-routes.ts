import * as z from 'zod'
import { integer } from '../http/check-parameters.ts'
import { apiObject, listReply, route } from '../http/route.ts'
import { accessSaveProblems, managingUser } from '../sessions/access.ts'
import { idPageParameters, pageOfIds } from '../storage/list-pages.ts'
import { listedUserId } from '../users/listed-user.ts'
import type { Identity } from './identity-store.ts'
import { removeIdentity } from './manage-identities.ts'

const identityObject = apiObject('SsoIdentity', {
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

function viewIdentity(identity: Identity, label: string): z.infer<typeof identityObject> {
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

const list = route(
  {
    endpoint: 'GET /sso_identities',
    summary: 'List a user’s identities at identity providers',
    access: managingUser,
    parameters: z.object({
      user_id: integer().optional().describe('0 or empty: the current user'),
      ...idPageParameters,
    }),
    replies: { 200: listReply('The identities', identityObject, 'SsoIdentities') },
    problems: ['not-authorized/user-id-without-site-admin', 'not-found/user-not-found'],
  },
  async ({ parameters, caller, ctx }) => {
    const userId = await listedUserId(ctx, caller, parameters.user_id)
    const { rows, headers } = await pageOfIds(
      parameters,
      (page) =>
        ctx.in(caller.region).identities.list({ userId, siteId: caller.live.site.id }, page),
      ({ identity }) => identity.id,
    )
    const body = rows.map(({ identity, label }) => viewIdentity(identity, label))
    return { status: 200, body, headers }
  },
)

const remove = route(
  {
    endpoint: 'DELETE /sso_identities/:id',
    summary:
      'Remove a link to an identity provider at once. Admins can do this for any user of the site',
    access: managingUser,
    parameters: z.object({ id: integer() }),
    replies: { 204: { description: 'The link was removed' } },
    problems: [...accessSaveProblems, 'not-found/sso-identity-not-found'],
  },
  async ({ parameters, actor, ctx }) => {
    await removeIdentity(ctx, actor, parameters.id)
    return { status: 204 }
  },
)

export const ssoIdentityRoutes = [list, remove]
