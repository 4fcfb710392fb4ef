import { Authority } from '../audit/authority.ts'
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

/** Who may prove again who they are along with the request. */
interface Asking {
  headers: Headers
  facts: RequestFacts
}

/** A session's user, who changes who can get in only where they authenticated recently, or do so now. */
export function actingBySession(
  ctx: Ctx,
  asking: Asking,
  session: AdmittedSession,
  typed: ReauthenticationProof | null = null,
): SessionCaller {
  return {
    ...session,
    apiKey: null,
    authorize: async (change) => {
      const need = needOf(change)
      if (need === null) return Authority.letsNobodyIn
      await requireRecent(ctx, asking, { session, typed, need })
      return Authority.granted
    },
    proving: (proof) => actingBySession(ctx, asking, session, proof),
  }
}

/** An API key, for which what keys never do stands in the place of recent authentication. */
export function actingByKey(admitted: AdmittedApiKey): ApiKeyCaller {
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

/** Asks for the password or a second factor before a page with a form that needs it. @throws {Problem} */
export async function requireRecentLogIn(
  ctx: Ctx,
  asking: Asking,
  caller: SessionCaller | ApiKeyCaller,
): Promise<void> {
  if (caller.by === 'api-key') throw notRecent()
  const need: Need = { by: 'authenticatedAt', withinMs: RECENT_MS }
  await requireRecent(ctx, asking, { session: caller, typed: null, need })
}

/**
 * What comes along is verified, and a wrong one refused, however long ago the user authenticated. Where a second factor
 * is needed, only a code of one will do; users who have none are asked for their password.
 */
async function requireRecent(
  ctx: Ctx,
  { headers, facts }: Asking,
  {
    session,
    typed,
    need,
  }: { session: AdmittedSession; typed: ReauthenticationProof | null; need: Need },
): Promise<void> {
  const { live, region } = session
  const byFactor = need.by === 'secondFactorAt' && hasSecondFactor(live.user)
  const proof = typed ?? sentProof(headers, live.user)
  if (proof !== null && (!byFactor || 'code' in proof)) {
    // The routes of forms count by themselves.
    const counted = { address: facts.address, name: live.user.username }
    if (typed === null) await ctx.callerLimits.count('log-in', counted)
    return reauthenticate(ctx, { region, account: live, request: facts }, proof)
  }
  const provedAt = live.session[byFactor ? 'secondFactorAt' : 'authenticatedAt']
  if (ctx.clock() - provedAt >= need.withinMs) throw notRecent()
}

/**
 * `X-Files-Reauthentication: password:…` or `code:…`; the official CLI sends either without saying which.
 */
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
