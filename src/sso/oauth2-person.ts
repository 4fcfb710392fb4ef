import {
  processAuthorizationCodeResponse,
  skipStateCheck,
  validateAuthResponse,
} from 'oauth4webapi'
import type { Ctx } from '../context.ts'
import { emailClaim, isTrueClaim, type Person, textClaim } from './assertion.ts'
import type { Callback } from './openid-connect-person.ts'
import { clientOf, redeemCode, serverOf } from './provider-client.ts'
import { providerFetch, ssoRefused } from './provider-fetch.ts'
import type { OAuth2 } from './providers.ts'
import type { Strategy } from './strategy.ts'

/**
 * Redeems a code for an access token (RFC 6749 §4.1.3) and asks for the person's profile.
 * @throws {Problem} identity-provider-unavailable; and what the library throws for an unusable reply
 */
export async function personOfOAuth2(
  ctx: Ctx,
  { strategy, provider }: { strategy: Strategy; provider: OAuth2 },
  { parameters, redirectUri, verifier }: Callback,
): Promise<Person> {
  const fetch = providerFetch(ctx)
  const server = serverOf(provider)
  const client = clientOf(strategy, ctx.clock())
  const accepted = validateAuthResponse(server, client, parameters, skipStateCheck)
  const { reply: tokenReply } = await redeemCode(
    ctx.storedSecrets,
    { strategy, server },
    { client, accepted, redirectUri, verifier, fetch },
  )
  const reply = await usualReply(tokenReply, provider.tokenAt)
  const tokens = await processAuthorizationCodeResponse(server, client, reply)
  const profile = await fetch(provider.person, {
    method: provider.personMethod,
    headers: { Authorization: `Bearer ${tokens.access_token}`, Accept: 'application/json' },
  })
  if (!profile.ok) throw ssoRefused('refused', `whose token it is: ${profile.status}`)
  const person = await profile.json()
  const names = provider.subject.map((path) => textClaim(valueAt(person, path)))
  if (isRefusal(person) || names.includes(null)) throw ssoRefused('refused', 'nobody is named')
  return {
    issuer: server.issuer,
    subject: names.join(' '),
    email: emailClaim(valueAt(person, provider.email)),
    emailIsVerified:
      provider.emailVerified === null ? null : isTrueClaim(valueAt(person, provider.emailVerified)),
    name: textClaim(valueAt(person, provider.name)),
    groups: [],
    groupsAreAll: false,
    hasSecondFactor: false,
    authenticatedAt: null,
    providerSession: null,
  }
}

/** Turns a provider's own reply format into that of RFC 6749 §5.1: some send errors with 200, or nest the token. */
async function usualReply(reply: Response, tokenAt: string): Promise<Response> {
  if (!reply.ok) return reply
  const body = await reply.json()
  if (isRefusal(body)) return Response.json({ error: valueAt(body, 'error') }, { status: 400 })
  return Response.json({ access_token: valueAt(body, tokenAt), token_type: 'bearer' })
}

function isRefusal(body: unknown): boolean {
  return valueAt(body, 'ok') === false
}

function valueAt(body: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      body,
    )
}
