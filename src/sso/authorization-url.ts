import { calculatePKCECodeChallenge } from 'oauth4webapi'
import type { Ctx } from '../context.ts'
import { flawOf } from './issuer-cache.ts'
import { asRefusal, ssoRefused } from './provider-fetch.ts'
import { issuerOf, type Provider, providerNamed } from './providers.ts'
import { newSsoState } from './sso-state.ts'
import { redirectAddress, type Strategy } from './strategy.ts'

interface AuthorizationInput {
  /** The stored name of the host that receives the callback; the strategy's own, unless a test login tries another. */
  origin?: string
  /** The id of the browser; null if a program starts the login. */
  browser: string | null
  /** The caller's own state. */
  state?: string | undefined
  /** The page to open after the login. */
  returnTo?: string | undefined
  /** Asks the provider to authenticate the person again. */
  again?: boolean
  /** For a test login: the host of the admin's page. */
  testFor?: string
}

/**
 * Returns the URL at the provider to which the person is sent. Writes nothing.
 * @throws {Problem} identity-provider-unavailable; invalid-oauth if the provider's metadata is unusable
 */
export async function authorizationUrl(
  ctx: Ctx,
  strategy: Strategy,
  {
    origin = strategy.originName,
    browser,
    state,
    returnTo,
    again = false,
    testFor,
  }: AuthorizationInput,
): Promise<string> {
  const provider = providerNamed(strategy.provider) as Provider
  const request = await authorizationRequest(ctx, strategy, provider)
  const secrets = await newSsoState(ctx, {
    strategy: strategy.id,
    origin,
    ...(browser !== null && { browser }),
    ...(state !== undefined && { state }),
    ...(returnTo !== undefined && { place: returnTo }),
    ...(again && { again }),
    ...(testFor !== undefined && { testFor }),
  })
  const url = new URL(request.endpoint)
  const parameters = {
    response_type: 'code',
    client_id: strategy.clientId,
    redirect_uri: redirectAddress({ id: strategy.id, originName: origin }, ctx.globalOrigin),
    ...request.parameters,
    state: secrets.state,
    code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
    code_challenge_method: 'S256',
    ...(provider.protocol === 'openid_connect' && {
      nonce: secrets.nonce,
      ...(again && { max_age: '0' }),
      ...(again && provider.sendsAuthTime && { prompt: 'login' }),
    }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

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
