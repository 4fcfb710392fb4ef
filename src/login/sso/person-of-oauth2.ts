import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  ClientSecretPost,
  processAuthorizationCodeResponse,
  skipStateCheck,
  validateAuthResponse,
} from 'oauth4webapi'
import { askingBy, notAccepted, providerFetch } from '../../sso/ask-provider.ts'
import type { Person } from '../../sso/identity.ts'
import { clientOf } from '../../sso/provider-client.ts'
import type { OAuth2 } from '../../sso/providers.ts'
import { type Strategy, secretOwner } from '../../sso/strategy.ts'
import type { Callback, ExchangeNeeds } from './person-of-openid-connect.ts'
import { toldAddress, toldText } from './told-text.ts'

/**
 * Exchanges a code for an access token (RFC 6749 §4.1.3), and asks whose it is.
 * @throws {Problem} identity-provider-unavailable; and what the library throws where an answer is not good
 */
export async function personOfOAuth2(
  needs: ExchangeNeeds,
  { strategy, provider }: { strategy: Strategy; provider: OAuth2 },
  { parameters, redirectUri, verifier }: Callback,
): Promise<Person> {
  const fetch = providerFetch(needs)
  const server: AuthorizationServer = {
    issuer: new URL(provider.authorize).origin,
    token_endpoint: provider.token,
  }
  const client = clientOf(strategy, needs.clock())
  const reply = await authorizationCodeGrantRequest(
    server,
    client,
    ClientSecretPost(
      await needs.storedSecrets.unseal(strategy.clientSecret, secretOwner(strategy)),
    ),
    validateAuthResponse(server, client, parameters, skipStateCheck),
    redirectUri,
    verifier,
    askingBy(async (url, init) => usualReply(await fetch(url, init), provider.tokenAt)),
  )
  const tokens = await processAuthorizationCodeResponse(server, client, reply)
  const asked = await fetch(provider.person, {
    method: provider.personMethod,
    headers: { Authorization: `Bearer ${tokens.access_token}`, Accept: 'application/json' },
  })
  if (!asked.ok) throw notAccepted('refused', `whose token it is: ${asked.status}`)
  const told = await asked.json()
  const names = provider.subject.map((path) => toldText(valueAt(told, path)))
  if (isRefusal(told) || names.includes(null)) throw notAccepted('refused', 'nobody is named')
  return {
    issuer: server.issuer,
    subject: names.join(' '),
    email: toldAddress(valueAt(told, provider.email)),
    emailIsVerified:
      provider.emailVerified === null ? null : valueAt(told, provider.emailVerified) === true,
    name: toldText(valueAt(told, provider.name)),
    ...{ groups: [], hasSecondFactor: false, authenticatedAt: null, providerSession: null },
  }
}

/** A reply in the form of RFC 6749 §5.1, where a provider has its own: errors come with 200, tokens further in. */
async function usualReply(reply: Response, tokenAt: string): Promise<Response> {
  if (!reply.ok) return reply
  const told = await reply.json()
  if (isRefusal(told)) return Response.json({ error: valueAt(told, 'error') }, { status: 400 })
  return Response.json({ access_token: valueAt(told, tokenAt), token_type: 'bearer' })
}

function isRefusal(told: unknown): boolean {
  return valueAt(told, 'ok') === false
}

function valueAt(told: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      told,
    )
}
