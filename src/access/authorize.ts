import { Authority } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { reauthenticate } from '../login/methods/reauthentication.ts'
import type {
  AdmittedApiKey,
  AdmittedSession,
  ApiKeyCaller,
  ReauthenticationProof,
  SessionCaller,
} from '../sessions/access.ts'
import { looksLikeCode } from '../two-factor/check-code.ts'
import { hasSecondFactor } from '../two-factor/second-factor.ts'
import type { User } from '../users/account.ts'
import { type AccessChange, type Need, needOf, RECENT_MS } from './access-change.ts'
import { whyNever } from './never-by-key.ts'

/** A caller who may reauthenticate in the same request. */
interface SentRequest {
  headers: Headers
  facts: RequestFacts
}

/** The user of a session. Changes of access need recent authentication, or reauthentication in the same request. */
export function actorBySession(
  ctx: Ctx,
  sent: SentRequest,
  session: AdmittedSession,
  typed: ReauthenticationProof | null = null,
): SessionCaller {
  return {
    ...session,
    apiKey: null,
    authorize: async (change) => {
      const need = needOf(change)
      if (need === null) return Authority.grantsNoAccess
      await requireRecent(ctx, sent, { session, typed, need })
      return Authority.granted
    },
    proving: (proof) => actorBySession(ctx, sent, session, proof),
  }
}

/** The user of an API key. The rules for keys (never-by-key.ts) replace recent authentication. */
export function actorByKey(admitted: AdmittedApiKey): ApiKeyCaller {
  const caller: ApiKeyCaller = {
    ...admitted,
    apiKey: admitted.live.apiKey,
    authorize: async (change) => authorizeKey(admitted, change),
    proving: () => caller,
  }
  return caller
}

function authorizeKey({ live }: AdmittedApiKey, change: AccessChange): Authority {
  const never = whyNever(change, live)
  if (never)
    throw new Problem('not-authorized/insufficient-permission-for-params', {
      values: { name: [...new Set(never.names)].join(', ') },
      reason: `a key does not ${never.line}`,
    })
  return Authority.granted
}

/** Asks for reauthentication before a page with a form that needs it. @throws {Problem} */
export async function requireRecentLogIn(
  ctx: Ctx,
  sent: SentRequest,
  caller: SessionCaller | ApiKeyCaller,
): Promise<void> {
  if (caller.by === 'api-key') throw notRecent()
  const need: Need = { by: 'authenticatedAt', withinMs: RECENT_MS }
  await requireRecent(ctx, sent, { session: caller, typed: null, need })
}

/**
 * Verifies what was sent, and refuses it if it is wrong, even if the user authenticated recently. Users with 2FA must
 * send a one-time code; others send their password.
 */
async function requireRecent(
  ctx: Ctx,
  { headers, facts }: SentRequest,
  proving: { session: AdmittedSession; typed: ReauthenticationProof | null; need: Need },
): Promise<void> {
  const { session, typed, need } = proving
  const { live, region } = session
  const byFactor = need.by === 'secondFactorAt' && hasSecondFactor(live.user)
  const proof = typed ?? sentProof(headers, live.user)
  if (proof !== null && (!byFactor || 'code' in proof)) {
    // Form routes count attempts themselves.
    const counted = { address: facts.address, name: live.user.username }
    if (typed === null) await ctx.callerLimits.count('log-in', counted)
    return reauthenticate(ctx, { region, account: live, request: facts }, proof)
  }
  const provedAt = live.session[byFactor ? 'secondFactorAt' : 'authenticatedAt']
  if (ctx.clock() - provedAt >= need.withinMs) throw notRecent()
}

/** Reads `X-Files-Reauthentication: password:…` or `code:…`. The official CLI sends either without the prefix. */
function sentProof(headers: Headers, user: User): ReauthenticationProof | null {
  const sent = headers.get('X-Files-Reauthentication') ?? ''
  const [, kind, value = ''] = /^(password|code):(.+)$/.exec(sent) ?? []
  if (kind !== undefined) return kind === 'password' ? { password: value } : { code: value }
  if (sent === '') return null
  return hasSecondFactor(user) && looksLikeCode(sent) ? { code: sent } : { password: sent }
}

function notRecent(): Problem {
  return new Problem('not-authorized/reauthentication-needed-action')
}
