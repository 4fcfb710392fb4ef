import * as z from 'zod'
import { admitByKey, admitBySession } from '../access/admit-credential.ts'
import { apiKeyObject, viewApiKey } from '../api-keys/api-key-view.ts'
import type { Ctx } from '../context.ts'
import { text } from '../http/check-parameters.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { type Access, apiObject, route } from '../http/route.ts'
import { permissionsOf, protocolPermissions } from '../users/account.ts'
import type { AdmittedApiKey, AdmittedSession } from './access.ts'
import { isLimited, sessionTimeout } from './session.ts'
import { sessionObject, viewSession } from './session-view.ts'

/** The bearer of a service credential: a front end or file server that users send their credentials to. */
const service: Access<undefined> = {
  name: 'service',
  security: [{ serviceToken: [] }],
  problems: [
    'not-authenticated/authentication-required',
    'not-authenticated/invalid-credentials',
    'service-unavailable/storage-unavailable',
  ],
}

/** The reply of RFC 7662 §2.2, with the session or key besides. An inactive one gets no further details. */
const introspection = apiObject('Introspection', {
  active: z
    .boolean()
    .describe(
      'Also false for a session that is limited until its user changes the password or sets up 2FA',
    ),
  token_type: z.enum(['session', 'api_key']).optional(),
  sub: z.string().optional().describe('The id of the user'),
  username: z.string().optional(),
  iat: z.int().optional(),
  exp: z
    .int()
    .optional()
    .describe('When it expires if it is not used. Missing for a key that does not expire'),
  site_id: z.int().optional(),
  region: z.string().optional(),
  ...z.object(protocolPermissions).partial().shape,
  session: sessionObject.optional(),
  api_key: apiKeyObject.optional(),
})

type Introspection = z.infer<typeof introspection>

const introspect = route(
  {
    endpoint: 'POST /introspect',
    summary: 'Introspect a session string, session token or API key (RFC 7662). Counts as a use',
    access: service,
    parameters: z.object({
      token: text(8_192).describe('A session string, session token or API key'),
      protocol: z
        .enum(['ftp', 'sftp', 'dav', 'restapi'])
        .optional()
        .describe(
          'The protocol that the client uses. Inactive if the user does not have its permission',
        ),
      token_type_hint: text(64).optional().describe('Ignored: the token’s type is recognized'),
    }),
    replies: { 200: { description: 'The session or key', body: introspection } },
  },
  async ({ parameters: { token, protocol }, ctx, request }) => {
    const found = await callerBy(ctx, token, request)
    const isAllowed =
      !protocol || (found && permissionsOf(found.live.user)[`${protocol}_permission`])
    const caller = isAllowed ? found : null
    return { status: 200, body: caller ? view(caller, ctx.clock()) : { active: false } }
  },
)

/**
 * Finds who would be admitted with a credential at this host, from the address that the service states; null if
 * nobody would.
 */
async function callerBy(
  ctx: Ctx,
  text: string,
  facts: RequestFacts,
): Promise<AdmittedApiKey | AdmittedSession | null> {
  const sent = { session: text, apiKey: null, bearer: null, byCookie: false }
  const admitted = text.startsWith('latchkey')
    ? admitByKey(ctx, { key: { text, id: null }, facts }, 'nearest')
    : admitBySession(ctx, { sent, facts }, 'nearest')
  const caller = await admitted.catch((error) => {
    if (error instanceof Problem && error.status === 401) return null
    throw error
  })
  // A limited session is valid at this service only. Elsewhere its limit could be circumvented.
  return caller?.by === 'session' && isLimited(caller.live, ctx.clock()) ? null : caller
}

function view(caller: AdmittedApiKey | AdmittedSession, now: number): Introspection {
  const { live, region } = caller
  const owner = {
    active: true,
    sub: String(live.user.id),
    username: live.user.username,
    site_id: live.site.id,
    region: region.name,
    ...permissionsOf(live.user),
  }
  if (caller.by === 'api-key') {
    const { apiKey } = caller.live
    return {
      ...owner,
      token_type: 'api_key',
      iat: seconds(apiKey.createdAt),
      ...(apiKey.expiresAt !== null && { exp: seconds(apiKey.expiresAt) }),
      api_key: viewApiKey(apiKey),
    }
  }
  return {
    ...owner,
    token_type: 'session',
    iat: seconds(caller.live.session.createdAt),
    exp: seconds(sessionTimeout(caller.live)),
    session: viewSession(caller.live, caller.live.session.id, now),
  }
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000)
}

export const introspectionRoutes = [introspect]
