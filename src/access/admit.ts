import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { ProblemType } from '../http/problem-types.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Access } from '../http/route.ts'
import type { ApiKeyCaller, SessionCaller, UserCaller } from '../sessions/access.ts'
import type { PresentedSession } from '../sessions/credential.ts'
import { limitsOf, type SessionLimit } from '../sessions/session.ts'
import { seesSite } from '../users/account.ts'
import { actingByKey, actingBySession, requireRecentLogIn } from './acting.ts'
import { admitByKey } from './admit-by-key.ts'
import { admitBySession, presentedSession } from './admit-by-session.ts'
import { type SentApiKey, type SentCredentials, sentCredentials } from './sent-credentials.ts'

/** The parts of a request that decide whether it may call a route. */
export interface PresentedRequest {
  method: string
  headers: Headers
  facts: RequestFacts
}

export type ReadFrom = 'nearest' | 'primary'

/**
 * Decides whether a request may call a route, and returns what its handler learns about the caller.
 * @throws {Problem} authentication-required, invalid-credentials, and what the route's access names
 */
export async function admit(
  ctx: Ctx,
  access: Access<unknown>,
  presented: PresentedRequest,
): Promise<undefined | PresentedSession | UserCaller> {
  const sent = sentCredentials(presented.headers)
  // Requests that change something are decided by the primary.
  const readFrom = isReading(presented) ? 'nearest' : 'primary'
  switch (access.name) {
    case 'anyone':
      return undefined
    case 'password':
      if (sent.apiKey !== null) throw new Problem('not-authorized/cannot-login-while-using-key')
      return undefined
    case 'service':
      if (presented.facts.service === null)
        throw new Problem('not-authenticated/authentication-required')
      return undefined
    case 'operator':
      return checkOperator(ctx, sent)
    case 'ending-session':
      return presentedSession(ctx, sent)
    case 'renewing-session':
      return bySessionOf(ctx, { sent, presented, readFrom: 'primary' })
    case 'any-user':
      return userOf(ctx, { sent, presented, readFrom })
    case 'managing-user':
      return changing(presented, managing(ctx, await userOf(ctx, { sent, presented, readFrom })))
    case 'factor-user':
      return isReading(presented)
        ? bySession(ctx, await userOf(ctx, { sent, presented, readFrom }))
        : writingFactors(ctx, bySession(ctx, await userOf(ctx, { sent, presented, readFrom })))
    case 'site-admin': {
      const caller = managing(ctx, await userOf(ctx, { sent, presented, readFrom: 'primary' }))
      return isReading(presented) ? seeingSite(caller) : siteAdmin(caller)
    }
    case 'reauthenticated-site-admin': {
      const admin = siteAdmin(
        managing(ctx, await userOf(ctx, { sent, presented, readFrom: 'primary' })),
      )
      await requireRecentLogIn(ctx, presented, admin)
      return admin
    }
    case 'api-key':
      if (sent.session !== null || sent.apiKey === null)
        throw new Problem('not-authorized/must-authenticate-with-api-key')
      return ownKey(presented, await byKeyOf(ctx, { key: sent.apiKey, presented, readFrom }))
  }
}

async function checkOperator(
  { operatorCredential }: Ctx,
  { bearer }: SentCredentials,
): Promise<undefined> {
  if (bearer === null) throw new Problem('not-authenticated/authentication-required')
  if (!operatorCredential) throw refused('OPERATOR_TOKEN is not set')
  if (!(await operatorCredential.matches(bearer))) throw refused('not the operator')
}

/** The user of the session if one was sent, else of the API key. A failed session does not fall back to the key. */
async function userOf(
  ctx: Ctx,
  {
    sent,
    presented,
    readFrom,
  }: { sent: SentCredentials; presented: PresentedRequest; readFrom: ReadFrom },
): Promise<UserCaller> {
  if (sent.session === null && sent.apiKey !== null)
    return byKeyOf(ctx, { key: sent.apiKey, presented, readFrom })
  return bySessionOf(ctx, { sent, presented, readFrom })
}

async function byKeyOf(
  ctx: Ctx,
  {
    key,
    presented,
    readFrom,
  }: { key: SentApiKey; presented: PresentedRequest; readFrom: ReadFrom },
): Promise<ApiKeyCaller> {
  return actingByKey(await admitByKey(ctx, { key, facts: presented.facts }, readFrom))
}

async function bySessionOf(
  ctx: Ctx,
  {
    sent,
    presented,
    readFrom,
  }: { sent: SentCredentials; presented: PresentedRequest; readFrom: ReadFrom },
): Promise<SessionCaller> {
  const admitted = await admitBySession(ctx, { sent, facts: presented.facts }, readFrom)
  return actingBySession(ctx, presented, admitted)
}

function managing({ clock }: Ctx, caller: UserCaller): UserCaller {
  if (caller.by === 'api-key') refuseLimitedKey(caller)
  if (caller.by === 'session') refuseLimited(caller, clock())
  return caller
}

/** Keys for apps and file servers identify their user and manage nothing here. */
function refuseLimitedKey({ live: { apiKey } }: ApiKeyCaller): void {
  if (apiKey.permissionSet === 'full') return
  if (apiKey.permissionSet === 'desktop_app')
    throw new Problem('not-authorized/api-key-only-for-desktop-app')
  throw new Problem('not-authorized/insufficient-permission-for-params', {
    values: { name: 'permission_set' },
  })
}

const limitProblems: Record<SessionLimit, ProblemType> = {
  'password-change': 'not-authorized/password-change-required',
  'two-factor-setup': 'not-authorized/two-factor-authentication-required',
}

/** @param allowed the limit that this route can lift */
function refuseLimited({ live }: SessionCaller, now: number, allowed?: SessionLimit): void {
  const limit = limitsOf(live, now).find((one) => one !== allowed)
  if (limit) throw new Problem(limitProblems[limit])
}

/** Refuses API keys, because a key cannot have a second factor. */
function bySession({ clock }: Ctx, caller: UserCaller): SessionCaller {
  if (caller.by === 'api-key') throw new Problem('not-authorized/self-managed-required')
  refuseLimited(caller, clock(), 'two-factor-setup')
  return caller
}

/** Read-only users change nothing. Logging out is not a change. */
function changing<Caller extends UserCaller>(presented: PresentedRequest, caller: Caller): Caller {
  return isReading(presented) ? caller : writing(caller)
}

function isReading({ method }: PresentedRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

function writing<Caller extends UserCaller>(caller: Caller): Caller {
  if (caller.live.user.readOnly) throw new Problem('not-authorized/read-only-session')
  return caller
}

/** An app that unpairs revokes its own key. */
function ownKey(presented: PresentedRequest, caller: ApiKeyCaller): ApiKeyCaller {
  return presented.method === 'DELETE' ? caller : changing(presented, caller)
}

/** The same for routes where a limited session sets up its 2FA. */
function writingFactors({ clock }: Ctx, caller: SessionCaller): SessionCaller {
  const isSetupDue = limitsOf(caller.live, clock()).includes('two-factor-setup')
  return isSetupDue ? caller : writing(caller)
}

function siteAdmin(caller: UserCaller): UserCaller {
  if (!caller.live.user.siteAdmin) throw new Problem('not-authorized/site-admin-required')
  return writing(caller)
}

function seeingSite(caller: UserCaller): UserCaller {
  if (!seesSite(caller.live.user)) throw new Problem('not-authorized/site-admin-required')
  return caller
}

function refused(reason: string): Problem {
  return new Problem('not-authenticated/invalid-credentials', { reason })
}
