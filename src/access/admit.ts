import type { Ctx } from '../context.ts'
import { invalidCredentials, Problem, type ProblemType } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Access } from '../http/route.ts'
import type { UserCaller } from '../sessions/access.ts'
import type { PresentedSession } from '../sessions/credential.ts'
import { limitsOf, type SessionLimit } from '../sessions/session.ts'
import { seesSite } from '../users/account.ts'
import { admitByKey, admitBySession, presentedSession } from './admit-credential.ts'
import { actorByKey, actorBySession, requireRecentLogIn } from './authorize.ts'
import { type SentApiKey, type SentCredentials, sentCredentials } from './sent-credentials.ts'

type ReadFrom = 'nearest' | 'primary'

/**
 * Decides whether a request may call a route, and returns what its handler learns about the caller.
 * @throws {Problem} authentication-required, invalid-credentials, and what the route's access names
 */
export async function admit(
  ctx: Ctx,
  access: Access<unknown>,
  presented: { method: string; headers: Headers; facts: RequestFacts },
): Promise<undefined | PresentedSession | UserCaller> {
  const { method, headers, facts } = presented
  const sent = sentCredentials(headers)
  const isReading = method === 'GET' || method === 'HEAD'
  // Requests that change something are decided by the primary.
  const usual = isReading ? 'nearest' : 'primary'
  const byKey = async (key: SentApiKey, readFrom: ReadFrom) =>
    actorByKey(await admitByKey(ctx, { key, facts }, readFrom))
  const bySession = async (readFrom: ReadFrom) =>
    actorBySession(ctx, presented, await admitBySession(ctx, { sent, facts }, readFrom))
  // A failed session does not fall back to the key.
  const anyUser = (readFrom: ReadFrom): Promise<UserCaller> =>
    sent.session === null && sent.apiKey !== null
      ? byKey(sent.apiKey, readFrom)
      : bySession(readFrom)
  switch (access.name) {
    case 'anyone':
      return undefined
    case 'password':
      if (sent.apiKey !== null) throw new Problem('not-authorized/cannot-login-while-using-key')
      return undefined
    case 'service':
      if (facts.service === null) throw new Problem('not-authenticated/authentication-required')
      return undefined
    case 'operator':
      return checkOperator(ctx, sent)
    case 'ending-session':
      return presentedSession(ctx, sent)
    case 'renewing-session':
      return bySession('primary')
    case 'any-user':
      return anyUser(usual)
    case 'managing-user': {
      const caller = managing(ctx, await anyUser(usual))
      return isReading ? caller : writing(caller)
    }
    case 'factor-user': {
      const caller = await anyUser(usual)
      // A key cannot have a second factor.
      if (caller.by === 'api-key') throw new Problem('not-authorized/self-managed-required')
      const limits = limitsOf(caller.live, ctx.clock())
      refuseLimits(limits.filter((limit) => limit !== 'two-factor-setup'))
      return isReading || limits.includes('two-factor-setup') ? caller : writing(caller)
    }
    case 'site-admin': {
      const caller = managing(ctx, await anyUser('primary'))
      if (!isReading) return siteAdmin(caller)
      if (!seesSite(caller.live.user)) throw new Problem('not-authorized/site-admin-required')
      return caller
    }
    case 'reauthenticated-site-admin': {
      const admin = siteAdmin(managing(ctx, await anyUser('primary')))
      await requireRecentLogIn(ctx, presented, admin)
      return admin
    }
    case 'api-key': {
      if (sent.session !== null || sent.apiKey === null)
        throw new Problem('not-authorized/must-authenticate-with-api-key')
      const caller = await byKey(sent.apiKey, usual)
      // An app that unpairs revokes its own key.
      return isReading || method === 'DELETE' ? caller : writing(caller)
    }
  }
}

async function checkOperator(
  { operatorCredential }: Ctx,
  { bearer }: SentCredentials,
): Promise<undefined> {
  if (bearer === null) throw new Problem('not-authenticated/authentication-required')
  if (!operatorCredential) throw invalidCredentials('OPERATOR_TOKEN is not set')
  if (!(await operatorCredential(bearer))) throw invalidCredentials('not the operator')
}

/** Keys for apps and file servers identify their user and manage nothing here. */
function managing({ clock }: Ctx, caller: UserCaller): UserCaller {
  if (caller.by === 'session') refuseLimits(limitsOf(caller.live, clock()))
  else if (caller.live.apiKey.permissionSet === 'desktop_app')
    throw new Problem('not-authorized/api-key-only-for-desktop-app')
  else if (caller.live.apiKey.permissionSet !== 'full')
    throw new Problem('not-authorized/insufficient-permission-for-params', {
      values: { name: 'permission_set' },
    })
  return caller
}

const limitProblems: Record<SessionLimit, ProblemType> = {
  'password-change': 'not-authorized/password-change-required',
  'two-factor-setup': 'not-authorized/two-factor-authentication-required',
}

function refuseLimits([limit]: SessionLimit[]): void {
  if (limit) throw new Problem(limitProblems[limit])
}

/** Read-only users change nothing. Logging out is not a change. */
function writing<Caller extends UserCaller>(caller: Caller): Caller {
  if (caller.live.user.readOnly) throw new Problem('not-authorized/read-only-session')
  return caller
}

function siteAdmin(caller: UserCaller): UserCaller {
  if (!caller.live.user.siteAdmin) throw new Problem('not-authorized/site-admin-required')
  return writing(caller)
}
