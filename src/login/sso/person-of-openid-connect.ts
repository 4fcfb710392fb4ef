import { compactVerify } from 'jose'
import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  getValidatedIdTokenClaims,
  type IDToken,
  processAuthorizationCodeResponse,
  processUserInfoResponse,
  skipStateCheck,
  userInfoRequest,
  validateAuthResponse,
} from 'oauth4webapi'
import { type Clock, SECOND } from '../../platform/clock.ts'
import type { Regions } from '../../regions/region.ts'
import { askingBy, notAccepted, providerFetch } from '../../sso/ask-provider.ts'
import type { Person } from '../../sso/identity.ts'
import { ALGORITHMS, type IssuerMemory } from '../../sso/issuer-memory.ts'
import { authenticationOf, CLOCK_TOLERANCE_SECONDS, clientOf } from '../../sso/provider-client.ts'
import { saysSecondFactor } from '../../sso/second-factor-claims.ts'
import type { Strategy } from '../../sso/strategy.ts'
import type { StoredSecrets } from '../../tokens/stored-secrets.ts'
import { toldAddress, toldText } from './told-text.ts'

export interface ExchangeNeeds {
  clock: Clock
  globalOrigin: URL
  regions: Regions
  storedSecrets: StoredSecrets
  issuerMemory: IssuerMemory
}

/** What a provider sent the browser back with, and what the log in began with. */
export interface Callback {
  parameters: URLSearchParams
  /** Whether an issuer that promises to name itself in them must be there (RFC 9207). */
  namesIssuer: boolean
  /** The address that was given to the provider. */
  redirectUri: string
  nonce: string
  verifier: string
}

const MOST_GROUPS = 500

/**
 * Exchanges a code for tokens, and checks them (OpenID Connect Core §3.1.3.7, RFC 9207): issuer of the
 * response and of the token, audience, authorized party, times, nonce, signature.
 * @throws {Problem} identity-provider-unavailable; and what the libraries throw where an answer is not good
 */
export async function personOfOpenIdConnect(
  needs: ExchangeNeeds,
  {
    strategy,
    issuer,
    provesAddresses,
  }: { strategy: Strategy; issuer: string; provesAddresses: boolean },
  { parameters, namesIssuer, redirectUri, nonce, verifier }: Callback,
): Promise<Person> {
  const now = needs.clock()
  const asking = askingBy(providerFetch(needs))
  const metadata = await needs.issuerMemory.metadataOf(issuer, needs, now)
  const client = clientOf(strategy, now)
  const promised = namesIssuer && metadata.authorization_response_iss_parameter_supported === true
  const expected = { ...metadata, authorization_response_iss_parameter_supported: promised }
  const accepted = validateAuthResponse(expected, client, parameters, skipStateCheck)
  const reply = await authorizationCodeGrantRequest(
    metadata,
    client,
    await authenticationOf(needs.storedSecrets, strategy, metadata),
    accepted,
    redirectUri,
    verifier,
    asking,
  )
  const tokens = await processAuthorizationCodeResponse(metadata, client, reply, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  const claims = getValidatedIdTokenClaims(tokens)
  const { id_token: signed } = tokens
  if (!claims || signed === undefined) throw notAccepted('refused', 'no ID token')
  await needs.issuerMemory.withKeysOf({ issuer, by: 'log-in', own: needs, now }, (keys) =>
    compactVerify(signed, keys, { algorithms: ALGORITHMS }),
  )
  if (claims.iat > now / 1_000 + CLOCK_TOLERANCE_SECONDS)
    throw notAccepted('refused', 'an ID token of the future')
  if (claims.azp !== undefined && claims.azp !== strategy.clientId)
    throw notAccepted('refused', 'an ID token of another party')
  if (toldText(claims.sub) === null) throw notAccepted('refused', 'a subject that is no name')
  const told = await moreOf(metadata, { claims, token: tokens.access_token, client, asking })
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: toldAddress(told.email),
    emailIsVerified: wordOnAddress(told.email_verified, provesAddresses),
    name: toldText(told.name) ?? toldText(told.preferred_username),
    groups: groupsOf(told.groups),
    hasSecondFactor: saysSecondFactor(claims),
    authenticatedAt: typeof claims.auth_time === 'number' ? claims.auth_time * SECOND : null,
    providerSession: toldText(claims.sid),
  }
}

/** Most tell the address only when they are asked again. */
async function moreOf(
  metadata: AuthorizationServer,
  {
    claims,
    token,
    client,
    asking,
  }: {
    claims: IDToken
    token: string
    client: ReturnType<typeof clientOf>
    asking: ReturnType<typeof askingBy>
  },
): Promise<Record<string, unknown>> {
  if (claims.email !== undefined || !metadata.userinfo_endpoint) return claims
  const reply = await userInfoRequest(metadata, client, token, asking)
  return { ...(await processUserInfoResponse(metadata, client, claims.sub, reply)), ...claims }
}

/** A no counts from whomever it comes; a yes, from who can know. */
function wordOnAddress(claim: unknown, provesAddresses: boolean): boolean | null {
  if (claim === undefined) return null
  return claim === true && (provesAddresses || null)
}

function groupsOf(claim: unknown): string[] {
  const groups = Array.isArray(claim) ? claim : []
  return groups.filter((group) => toldText(group) !== null).slice(0, MOST_GROUPS)
}
