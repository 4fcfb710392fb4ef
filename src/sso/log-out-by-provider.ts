import { jwtVerify } from 'jose'
import * as z from 'zod'
import { Authority, authorOf } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { rootMessage } from '../http/log.ts'
import { Problem, problemWithin } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { SECOND } from '../storage/clock.ts'
import { newId, regionCodeOfId } from '../storage/ids.ts'
import { ALGORITHMS } from './issuer-cache.ts'
import { CLOCK_TOLERANCE_SECONDS } from './provider-client.ts'
import { issuerOf, providerNamed } from './providers.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
/**
 * The oldest accepted token. Used tokens are remembered for longer, because a replay would revoke sessions that began
 * since.
 */
const OLDEST_SECONDS = 120

const claims = z
  .object({
    sub: z.string().max(255).optional(),
    sid: z.string().max(255).optional(),
    jti: z.string().max(255),
    events: z.looseObject({ [EVENT]: z.looseObject({}) }),
    nonce: z.undefined().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined)

/**
 * Revokes the sessions that a provider's logout token names (OpenID Connect Back-Channel Logout 1.0 §2.6): those of
 * one session at the provider, or all of a person. Each token is single-use.
 * @throws {Problem} invalid-logout-token; identity-provider-unavailable
 */
export async function logOutByProvider(
  ctx: Ctx,
  { strategyId, token, request }: { strategyId: number; token: string; request: RequestFacts },
): Promise<void> {
  const region = ctx.regions.withCode(regionCodeOfId(strategyId))
  const strategy = region && (await ctx.in(region).strategies.withId(strategyId))
  const provider = strategy && providerNamed(strategy.provider)
  const issuer = provider && issuerOf(provider, strategy)
  if (!region || !strategy || !issuer) throw refused('no OpenID Connect strategy')
  const now = ctx.clock()
  const { sub, sid, jti } = await ctx.issuerCache
    .withKeysOf({ issuer, by: 'log-out', own: ctx, now }, async (keys) => {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: strategy.clientId,
        algorithms: ALGORITHMS,
        requiredClaims: ['iat', 'exp', 'jti'],
        maxTokenAge: OLDEST_SECONDS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now),
      })
      return claims.parse(payload)
    })
    .catch((error) => {
      throw problemWithin(error)?.status === 503 ? error : refused(rootMessage(error))
    })
  const named = { issuer, subject: sub ?? null, providerSession: sid ?? null }
  const ssoSessions = ctx.in(region).ssoSessions
  const exp = Math.floor(now / SECOND) + OLDEST_SECONDS + CLOCK_TOLERANCE_SECONDS
  const use = { consumer: newId(region.code), at: now }
  const at = { now, epoch: ctx.epoch }
  await ssoSessions.end(strategy, named, {
    ...at,
    consumption: ctx
      .in(region)
      .partialSessions.consumption({ jti: `logout:${strategy.id}:${jti}`, exp }, use),
    events: (await ssoSessions.usersOf(strategy, named, at)).map((userId) => ({
      id: newId(region.code),
      siteId: strategy.siteId,
      userId,
      event: 'sessions_ended',
      at: now,
      ...authorOf(`strategy:${strategy.id}`, Authority.grantsNoAccess, request),
    })),
  })
}

function refused(reason: string): Problem {
  return new Problem('bad-request/invalid-logout-token', { reason })
}
