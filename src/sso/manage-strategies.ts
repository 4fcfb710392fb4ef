import * as z from 'zod'
import type { Requester } from '../access/actor.ts'
import { changesBetween, eventBy } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { sealedKind } from '../crypto/sealer.ts'
import { type ModelError, notSaved, Problem } from '../http/problem.ts'
import { hostNamesOf, hostnameNamed, originNamed, ownHostName } from '../sites/site.ts'
import { HOUR, SECOND } from '../storage/clock.ts'
import { newId } from '../storage/ids.ts'
import { rowOf } from '../storage/insert-from.ts'
import { readIssuerAddress } from './issuer-address.ts'
import { providerNamed, whyRefused } from './providers.ts'
import { readEmailDomains, whyNotProvisioning } from './provision-rules.ts'
import { redirectAddress, type Strategy, type StrategySettings, secretOwner } from './strategy.ts'
import { viewStrategy } from './strategy-view.ts'
import { ssoStrategies } from './tables.ts'

/** What an admin sends, with the client secret in plain text. */
export type SentStrategy = Partial<Omit<StrategySettings, 'provider' | 'originName'>> & {
  /** The host of the site that receives the callbacks. */
  redirectHost?: string | undefined
}

/**
 * Creates a strategy for the admin's site.
 * @throws {Problem} invalid-oauth-provider; model-save-error
 */
export async function createStrategy(
  ctx: Ctx,
  actor: Requester,
  {
    provider,
    redirectHost: _,
    ...sent
  }: SentStrategy & Pick<Strategy, 'provider' | 'clientId' | 'clientSecret'>,
): Promise<Strategy> {
  const { live, region } = actor
  const createdAt = ctx.clock()
  const id = newId(region.code)
  const strategy = rowOf(ssoStrategies, {
    label: providerNamed(provider)?.title ?? provider,
    ...asKept(sent),
    id,
    siteId: live.site.id,
    provider,
    createdAt,
    originName: ownHostName(live.site),
    clientSecret: await ctx.storedSecrets.seal(sent.clientSecret, secretOwner({ id }), createdAt),
  })
  refuseWrong(ctx, strategy)
  const authority = await actor.authorize({ what: 'sso-strategy' })
  const event = eventBy(actor, {
    event: 'sso_strategy_created',
    authority,
    at: createdAt,
    changes: changesBetween(null, recorded(ctx, actor, strategy)),
  })
  const outcome = await ctx.in(region).strategies.insert(strategy, event)
  if (outcome === 'taken') throw notSaved({ label: ['label-taken'] })
  if (outcome === 'too-many') throw notSaved({ base: ['too-many-strategies'] })
  return strategy
}

/** @throws {Problem} sso-strategy-not-found, also for other sites' strategies */
export async function findStrategy(
  ctx: Ctx,
  { live, region }: Pick<Requester, 'live' | 'region'>,
  id: number,
): Promise<Strategy> {
  const strategy = await ctx.in(region).strategies.find(id, live.site.id)
  if (!strategy) throw notFound()
  return strategy
}

/** @throws {Problem} model-save-error; sso-strategy-not-found if it was deleted meanwhile */
export async function changeStrategy(
  ctx: Ctx,
  actor: Requester,
  { strategy, sent }: { strategy: Strategy; sent: SentStrategy },
): Promise<Strategy> {
  if (Object.keys(sent).length === 0) return strategy
  const now = ctx.clock()
  const { redirectHost, ...settings } = sent
  const originName = originMovedTo(ctx, actor, { strategy, redirectHost })
  const changes = {
    ...asKept(settings),
    ...(originName !== undefined && { originName }),
    ...(sent.clientSecret !== undefined && {
      clientSecret: await ctx.storedSecrets.seal(sent.clientSecret, secretOwner(strategy), now),
    }),
  }
  if (Object.keys(changes).length === 0) return strategy
  const changed = { ...strategy, ...changes }
  refuseWrong(ctx, changed)
  const isElsewhere = changed.issuer !== strategy.issuer || changed.subdomain !== strategy.subdomain
  // The stored secret must not be sent to another provider.
  if (isElsewhere && sent.clientSecret === undefined)
    throw notSaved({ client_secret: ['secret-of-other-issuer'] })
  const authority = await actor.authorize({ what: 'sso-strategy' })
  const event = eventBy(actor, {
    event: 'sso_strategy_changed',
    authority,
    at: now,
    changes: {
      ...changesBetween(recorded(ctx, actor, strategy), recorded(ctx, actor, changed)),
      ...(sent.clientSecret !== undefined && { client_secret: ['sealed', 'replaced'] }),
    },
  })
  const outcome = await ctx.in(actor.region).strategies.update(strategy, changes, event)
  if (outcome === 'taken') throw notSaved({ label: ['label-taken'] })
  if (outcome === 'last-admin') throw notSaved({ base: ['last-admin'] })
  if (outcome === 'untested') throw notSaved({ redirect_host: ['redirect-host-untested'] })
  if (outcome === 'gone') throw notFound()
  return outcome
}

/**
 * The stored name of the host that is to receive callbacks; undefined if it stays.
 * @throws {Problem} model-save-error if the host does not belong to the site
 */
function originMovedTo(
  { globalOrigin }: Ctx,
  { live }: Pick<Requester, 'live'>,
  { strategy, redirectHost }: { strategy: Strategy; redirectHost: string | undefined },
): string | undefined {
  const isIt = (name: string) => hostnameNamed(name, globalOrigin) === redirectHost?.toLowerCase()
  if (redirectHost === undefined || isIt(strategy.originName)) return undefined
  const name = hostNamesOf(live.site).find(isIt)
  if (name === undefined) throw noHostOfSite()
  return name
}

function noHostOfSite(): Problem {
  return notSaved({ redirect_host: ['redirect-host-unknown'] })
}

/** Deletes a strategy. @throws {Problem} model-save-error; sso-strategy-not-found */
export async function deleteStrategy(
  ctx: Ctx,
  actor: Requester,
  strategy: Strategy,
): Promise<void> {
  const authority = await actor.authorize({ what: 'sso-strategy' })
  const event = eventBy(actor, {
    event: 'sso_strategy_deleted',
    authority,
    at: ctx.clock(),
    changes: { label: [strategy.label, null], provider: [strategy.provider, null] },
  })
  const outcome = await ctx.in(actor.region).strategies.remove(strategy, event)
  if (outcome === 'last-admin') throw notSaved({ base: ['last-admin'] })
  if (outcome === 'gone') throw notFound()
}

function asKept<Sent extends SentStrategy>(sent: Sent): Sent {
  if (sent.emailDomains === undefined) return sent
  return { ...sent, emailDomains: readEmailDomains(sent.emailDomains) }
}

/** What the audit log keeps of a strategy: neither its secret nor fields that change by themselves. */
function recorded({ globalOrigin }: Ctx, { live }: Requester, strategy: Strategy) {
  const shown = { userCount: 0, site: live.site, globalOrigin, now: 0 }
  const { redirect_status: _, tested_redirect_host: __, ...view } = viewStrategy(strategy, shown)
  return view
}

/** @throws {Problem} invalid-oauth-provider for an unknown provider; model-save-error with everything that is wrong */
function refuseWrong(ctx: Ctx, strategy: Strategy): void {
  const { subdomain, issuer } = strategy
  const refused = whyRefused(strategy.provider)
  if (refused) throw notSaved({ provider: [refused] })
  const provider = providerNamed(strategy.provider)
  if (!provider) throw new Problem('bad-request/invalid-oauth-provider')
  const errors: Record<string, ModelError[]> = {}
  const isNamed = provider.subdomain ? provider.subdomain.test(subdomain) : subdomain === ''
  if (!isNamed) errors.subdomain = [provider.subdomain ? 'provider-subdomain' : 'not-of-provider']
  const wantsIssuer = provider.protocol === 'openid_connect' && provider.issuer === null
  if (wantsIssuer ? !readIssuerAddress(issuer ?? '', ctx) : issuer !== null)
    errors.issuer = [wantsIssuer ? 'issuer-address' : 'not-of-provider']
  if (!strategy.emailDomains.split(',').every((domain) => domain === '' || DOMAIN.test(domain)))
    errors.email_domains = ['domain-malformed']
  const whyNone = strategy.enabled && strategy.provisionUsers ? whyNotProvisioning(strategy) : null
  if (whyNone) errors.provision_users = [whyNone]
  if (Object.keys(errors).length > 0) throw notSaved(errors)
}

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/

function notFound(): Problem {
  return new Problem('not-found/sso-strategy-not-found')
}

/** Shows that an admin asked for a test login. It is not a secret: it logs nobody in and reads nothing. */
export const testTicket = sealedKind(
  'latchkey-sso-test+jwt',
  HOUR / SECOND,
  z.object({
    strategy: z.int(),
    /** The stored name of the host under test. */
    origin: z.string(),
    /** The host of the admin's page. */
    testFor: z.string(),
  }),
)

/**
 * Returns the URL of a test login at a host of the site, and the redirect address to register for it.
 * @throws {Problem} model-save-error if the host does not belong to the site; and what `authorize` throws
 */
export async function beginTestLogin(
  ctx: Ctx,
  { live, request, authorize }: Requester,
  { strategy, redirectHost }: { strategy: Strategy; redirectHost: string },
): Promise<{ test_uri: string; redirect_uri: string }> {
  const { globalOrigin } = ctx
  const origin = hostNamesOf(live.site).find(
    (name) => hostnameNamed(name, globalOrigin) === redirectHost.toLowerCase(),
  )
  if (origin === undefined) throw noHostOfSite()
  await authorize({ what: 'sso-strategy' })
  const ticket = { strategy: strategy.id, origin, testFor: request.hostname }
  const url = new URL('/login/sso', originNamed(origin, globalOrigin))
  url.searchParams.set('strategy', String(strategy.id))
  url.searchParams.set('test', await testTicket.seal(ctx, ticket))
  return {
    test_uri: url.href,
    redirect_uri: redirectAddress({ id: strategy.id, originName: origin }, globalOrigin),
  }
}
