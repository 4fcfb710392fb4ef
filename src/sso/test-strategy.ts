import { errors } from 'jose'
import { type AuthorizationServer, validateAuthResponse } from 'oauth4webapi'
import type { Ctx } from '../context.ts'
import type { Language } from '../http/languages.ts'
import { rootMessage, warn } from '../http/log.ts'
import { Problem } from '../http/problem.ts'
import { fill } from '../messages/messages.ts'
import type { Site } from '../sites/site.ts'
import { adminMessagesFor } from '../ui/admin/messages.ts'
import { algorithmsOf, flawOf } from './issuer-cache.ts'
import {
  type ClientAuthentication,
  clientOf,
  errorIn,
  redeemCode,
  serverOf,
} from './provider-client.ts'
import { providerFetch } from './provider-fetch.ts'
import { issuerOf, type Provider, providerNamed } from './providers.ts'
import { redirectAddress, type Strategy } from './strategy.ts'
import { redirectStatus } from './strategy-view.ts'

/** The results of a test. The provider's own replies are never shown, because a tenant chooses its address. */
export const testOutcomes = [
  'works',
  'does-not-answer',
  'metadata-malformed',
  'endpoint-missing',
  'algorithms-unsupported',
  'keys-missing',
  'client-refused',
  'redirect-refused',
  'redirect-not-of-site',
  'answer-not-understood',
] as const

export type TestOutcome = (typeof testOutcomes)[number]

export interface TestResult {
  outcome: TestOutcome
  /** How the client authenticated; null if the test did not get that far. */
  authentication: ClientAuthentication | null
}

/** An invalid code: enough for a provider to check the client before it rejects the code. */
const NO_CODE = 'latchkey-asks-whether-it-is-known'

/**
 * Runs the steps of a login that need no person, with the same functions: it fetches metadata and keys again and
 * redeems an invalid code, so that the provider says whether it knows the client.
 */
export async function testStrategy(ctx: Ctx, strategy: Strategy, site: Site): Promise<TestResult> {
  if (redirectStatus(strategy, site) === 'not_of_site') return failed('redirect-not-of-site')
  const provider = providerNamed(strategy.provider) as Provider
  try {
    if (provider.protocol === 'oauth2') return await testClient(ctx, strategy, serverOf(provider))
    const issuer = issuerOf(provider, strategy) ?? ''
    ctx.issuerCache.forget(issuer)
    return await testOpenIdConnect(ctx, strategy, issuer)
  } catch (error) {
    warn('test of a strategy', rootMessage(error))
    return error instanceof Problem && error.status === 503
      ? failed('does-not-answer')
      : failed('answer-not-understood')
  }
}

function failed(outcome: TestOutcome): TestResult {
  return { outcome, authentication: null }
}

async function testOpenIdConnect(
  ctx: Ctx,
  strategy: Strategy,
  issuer: string,
): Promise<TestResult> {
  const now = ctx.clock()
  const metadata = await ctx.issuerCache
    .metadataOf(issuer, ctx, now)
    .catch((error) => refusedAs('metadata-malformed', error))
  if (typeof metadata === 'string') return failed(metadata)
  const flaw = flawOf(metadata, ctx)
  if (flaw) return failed(flaw)
  const missing = await ctx.issuerCache
    .withKeysOf({ issuer, by: 'log-in', own: ctx, now }, async (keyFor) => {
      const found = await Promise.allSettled(
        algorithmsOf(metadata).map((alg) => keyFor({ alg }, NO_TOKEN)),
      )
      if (!found.some(hasKey)) throw new errors.JWKSNoMatchingKey()
      return null
    })
    .catch((error) => refusedAs('keys-missing', error))
  return missing ? failed(missing) : testClient(ctx, strategy, metadata)
}

const NO_TOKEN = { payload: '', signature: '' }

/** If several keys fit, a login tries each of them. */
function hasKey(found: PromiseSettledResult<unknown>): boolean {
  return found.status === 'fulfilled' || found.reason instanceof errors.JWKSMultipleMatchingKeys
}

/** Maps an unusable reply to an outcome; a missing reply is thrown on. */
function refusedAs(outcome: TestOutcome, error: unknown): TestOutcome {
  if (error instanceof Problem && error.status === 503) throw error
  warn('test of a strategy', rootMessage(error))
  return outcome
}

async function testClient(
  ctx: Ctx,
  strategy: Strategy,
  server: AuthorizationServer,
): Promise<TestResult> {
  const client = clientOf(strategy, ctx.clock())
  const parameters = new URLSearchParams({ code: NO_CODE, iss: server.issuer })
  const { reply, authentication } = await redeemCode(
    ctx.storedSecrets,
    { strategy, server },
    {
      client,
      accepted: validateAuthResponse(server, client, parameters),
      redirectUri: redirectAddress(strategy, ctx.globalOrigin),
      verifier: NO_CODE.padEnd(43, '.'),
      fetch: providerFetch(ctx),
    },
  )
  return { outcome: outcomeOf(reply.status, await errorIn(reply)), authentication }
}

/** Reads the error code of RFC 6749 §5.2, also from providers that always reply with 200. */
function outcomeOf(status: number, refusal: string | null): TestOutcome {
  if (refusal === 'invalid_grant' || refusal === 'invalid_code') return 'works'
  if (refusal === 'invalid_client' || refusal === 'unauthorized_client' || status === 401)
    return 'client-refused'
  return refusal?.includes('redirect') ? 'redirect-refused' : 'answer-not-understood'
}

/** Describes the result of a test, with the client authentication method by its name in the metadata. */
export function testTextOf({ outcome, authentication }: TestResult, language: Language): string {
  const t = adminMessagesFor(language).ssoTest
  const text = t.outcomes[outcome]
  return authentication === null
    ? text
    : `${text} ${fill(t.authentication, { method: authentication })}`
}
