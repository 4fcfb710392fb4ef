import { calculatePKCECodeChallenge } from 'oauth4webapi'
import type { Ctx } from '../context.ts'
import { flawOf } from './issuer-cache.ts'
import { asRefusal, ssoRefused } from './provider-fetch.ts'
import { issuerOf, type Provider, providerNamed } from './providers.ts'
import { redirectAddress } from './redirect-address.ts'
import { newSsoState } from './sso-state.ts'
import type { Strategy } from './strategy.ts'

interface AuthorizationInput {
  /** What is stored of the host that receives the answer; that of the strategy, unless it is tested elsewhere. */
  origin?: string
  /** The browser; null where a program begins it. */
  browser: string | null
  /** The caller's own state. */
  state?: string | undefined
  /** The page to go on to. */
  place?: string | undefined
  /** The provider is to ask anew who it is, though it may know. */
  again?: boolean
  /** A test login: the host of the admin who asked for it. */
  testFor?: string
}

/**
 * The address of the provider at which the person logs in. Nothing is written.
 * @throws {Problem} identity-provider-unavailable; invalid-oauth where its metadata is not good
 */
export async function authorizationUrl(
  ctx: Ctx,
  strategy: Strategy,
  {
    origin = strategy.originName,
    browser,
    state,
    place,
    again = false,
    testFor,
  }: AuthorizationInput,
): Promise<string> {
  const provider = providerNamed(strategy.provider) as Provider
  const asked = await authorizationRequest(ctx, strategy, provider)
  const secrets = await newSsoState(
    ctx.sealer,
    {
      strategy: strategy.id,
      origin,
      ...(browser !== null && { browser }),
      ...(state !== undefined && { state }),
      ...(place !== undefined && { place }),
      ...(again && { again }),
      ...(testFor !== undefined && { testFor }),
    },
    ctx.clock(),
  )
  const url = new URL(asked.endpoint)
  const parameters = {
    response_type: 'code',
    client_id: strategy.clientId,
    redirect_uri: redirectAddress({ id: strategy.id, originName: origin }, ctx.globalOrigin),
    ...asked.parameters,
    state: secrets.state,
    code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
    code_challenge_method: 'S256',
    ...(provider.protocol === 'openid_connect' && {
      nonce: secrets.nonce,
      ...(again && { max_age: '0' }),
      ...(again && provider.tellsWhen && { prompt: 'login' }),
    }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

/** Where the person is sent, and what a provider is asked for. */
async function authorizationRequest(
  ctx: Ctx,
  strategy: Strategy,
  provider: Provider,
): Promise<{ endpoint: string; parameters: Record<string, string> }> {
  if (provider.protocol === 'oauth2') {
    const { authorize, scope, extra } = provider
    return { endpoint: authorize, parameters: { ...(scope && { scope }), ...extra } }
  }
  const issuer = issuerOf(provider, strategy)
  if (!issuer) throw ssoRefused('refused', 'a strategy without an issuer')
  const metadata = await ctx.issuerCache.metadataOf(issuer, ctx, ctx.clock()).catch(asRefusal)
  const { authorization_endpoint: endpoint } = metadata
  const flaw = flawOf(metadata, ctx)
  if (endpoint === undefined || flaw) throw ssoRefused('refused', `the metadata: ${flaw}`)
  const tellsGroups = metadata.scopes_supported?.includes('groups')
  return {
    endpoint,
    parameters: { scope: `openid email profile${tellsGroups ? ' groups' : ''}` },
  }
}
