import { type JWTPayload, jwtVerify } from 'jose'
import {
  type AuthorizationServer,
  type Client,
  JSON_ATTRIBUTE_COMPARISON,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  processUserInfoResponse,
  skipStateCheck,
  userInfoRequest,
  validateAuthResponse,
} from 'oauth4webapi'
import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { rootMessage, warn } from '../http/log.ts'
import { SECOND } from '../storage/clock.ts'
import { emailClaim, isTrueClaim, type Person, textClaim } from './assertion.ts'
import { type GroupClaims, groupClaims, mergeGroupClaims, needsGroups } from './group-rules.ts'
import { algorithmsOf } from './issuer-cache.ts'
import { CLOCK_TOLERANCE_SECONDS, clientOf, fetchOptions, redeemCode } from './provider-client.ts'
import { type Fetch, providerFetch, ssoRefused } from './provider-fetch.ts'
import type { Strategy } from './strategy.ts'

/** The callback's parameters, and the values that the login began with. */
export interface Callback {
  parameters: URLSearchParams
  /** Whether the parameters must include `iss`, if the provider promises it (RFC 9207). */
  namesIssuer: boolean
  /** The redirect address of the authorization request. */
  redirectUri: string
  nonce: string
  verifier: string
}

interface OpenIdStrategy {
  strategy: Strategy
  issuer: string
  verifiesAddresses: boolean
}

/**
 * Redeems a code and checks the tokens (OpenID Connect Core §3.1.3.7, RFC 9207): issuer of the response and of the
 * token, audience, authorized party, times, nonce, signature.
 * @throws {Problem} identity-provider-unavailable; and what the libraries throw for an unusable reply
 */
export async function personOfOpenIdConnect(
  ctx: Ctx,
  { strategy, issuer, verifiesAddresses }: OpenIdStrategy,
  { parameters, namesIssuer, redirectUri, nonce, verifier }: Callback,
): Promise<Person> {
  const now = ctx.clock()
  const fetch = providerFetch(ctx)
  const server = await ctx.issuerCache.metadataOf(issuer, ctx, now)
  const client = clientOf(strategy, now)
  const promised = namesIssuer && server.authorization_response_iss_parameter_supported === true
  const expected = { ...server, authorization_response_iss_parameter_supported: promised }
  const accepted = validateAuthResponse(expected, client, parameters, skipStateCheck)
  const { reply } = await redeemCode(
    ctx.storedSecrets,
    { strategy, server },
    { client, accepted, redirectUri, verifier, fetch },
  )
  const { accessToken, idToken } = await tokensIn(reply, { server, client })
  const claims = await ctx.issuerCache.withKeysOf(
    { issuer, by: 'log-in', own: ctx, now },
    async (key) => {
      const { payload } = await jwtVerify(idToken, key, {
        algorithms: algorithmsOf(server),
        issuer: server.issuer,
        audience: strategy.clientId,
        requiredClaims: ['sub', 'iat', 'exp', 'nonce'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now),
      })
      return payload
    },
  )
  const { iat, sub, azp, aud } = claims
  if (claims.nonce !== nonce) throw ssoRefused('refused', 'an ID token of another login')
  if (iat === undefined || iat > now / SECOND + CLOCK_TOLERANCE_SECONDS)
    throw ssoRefused('refused', 'an ID token of the future')
  const isForOthers = Array.isArray(aud) && aud.length > 1
  if (azp === undefined ? isForOthers : azp !== strategy.clientId)
    throw ssoRefused('refused', 'an ID token of another party')
  const subject = textClaim(sub)
  if (subject === null) throw ssoRefused('refused', 'a subject that is no name')
  const more = () => userInfo(server, { client, subject, accessToken, fetch })
  const person = await personClaims(claims, { strategy, verifiesAddresses, more })
  return {
    issuer: server.issuer,
    subject,
    email: emailClaim(person.email),
    emailIsVerified: emailVerification(person.emailVerified, verifiesAddresses),
    name: textClaim(person.name),
    groups: person.groups.names,
    groupsAreAll: person.groups.isComplete,
    hasSecondFactor: namesSecondFactor(claims),
    authenticatedAt: timeIn(claims.auth_time),
    providerSession: textClaim(claims.sid),
  }
}

/**
 * Reads the tokens from a token endpoint's reply. Only the fields in use are checked, because some providers send
 * `null` for the others. A missing `token_type` means a bearer token.
 */
async function tokensIn(
  reply: Response,
  { server, client }: { server: AuthorizationServer; client: Client },
): Promise<{ accessToken: string; idToken: string }> {
  if (!reply.ok) {
    await processAuthorizationCodeResponse(server, client, reply)
    throw ssoRefused('refused', `tokens with status ${reply.status}`)
  }
  const { access_token, token_type, id_token } = tokenReply.parse(await reply.clone().json())
  const used = { access_token, token_type: token_type ?? 'bearer' }
  const usual = new Response(JSON.stringify(used), { headers: reply.headers })
  const tokens = await processAuthorizationCodeResponse(server, client, usual)
  return { accessToken: tokens.access_token, idToken: id_token }
}

const tokenReply = z.object({
  access_token: z.unknown().optional(),
  token_type: z.unknown().optional(),
  id_token: z.string(),
})

interface PersonClaims {
  email: unknown
  emailVerified: unknown
  name: unknown
  groups: GroupClaims
}

/**
 * Reads the claims that the rules need from the ID token and, if one is missing there, from userinfo. A claim that is
 * in neither stays unknown; it never counts as false.
 */
async function personClaims(
  claims: JWTPayload,
  {
    strategy,
    verifiesAddresses,
    more,
  }: Pick<OpenIdStrategy, 'strategy' | 'verifiesAddresses'> & { more: () => Promise<JWTPayload> },
): Promise<PersonClaims> {
  const person = claimsIn(claims)
  const isWhole =
    isPresent(person.email) &&
    (isPresent(person.emailVerified) || !verifiesAddresses) &&
    (person.groups.isComplete || !needsGroups(strategy))
  if (isWhole) return person
  const added = claimsIn(await more())
  // `email_verified` applies only to the address in the same answer.
  const isOfOther =
    isPresent(person.email) && isPresent(added.email) && person.email !== added.email
  return {
    email: isPresent(person.email) ? person.email : added.email,
    emailVerified:
      isPresent(person.emailVerified) || isOfOther ? person.emailVerified : added.emailVerified,
    name: person.name ?? added.name,
    groups: person.groups.isComplete
      ? person.groups
      : mergeGroupClaims(person.groups, added.groups),
  }
}

function claimsIn(claims: JWTPayload): PersonClaims {
  return {
    email: claims.email,
    emailVerified: claims.email_verified,
    name: textClaim(claims.name) ?? claims.preferred_username,
    groups: groupClaims(claims),
  }
}

function isPresent(claim: unknown): boolean {
  return claim !== undefined && claim !== null
}

/**
 * Fetches userinfo with the access token; empty if the provider refuses.
 * @throws {Problem} identity-provider-unavailable; and what the library throws if the answer is about another person
 */
async function userInfo(
  server: AuthorizationServer,
  {
    client,
    subject,
    accessToken,
    fetch,
  }: { client: Client; subject: string; accessToken: string; fetch: Fetch },
): Promise<JWTPayload> {
  if (!server.userinfo_endpoint) return {}
  const reply = await userInfoRequest(server, client, accessToken, fetchOptions(fetch))
  try {
    return await processUserInfoResponse(server, client, subject, reply)
  } catch (error) {
    const isOfOther =
      error instanceof OperationProcessingError && error.code === JSON_ATTRIBUTE_COMPARISON
    if (isOfOther) throw error
    warn('userinfo of a provider', rootMessage(error))
    return {}
  }
}

/** Any provider may deny that an address is verified; only those that can know may confirm it. */
function emailVerification(claim: unknown, verifiesAddresses: boolean): boolean | null {
  if (!isPresent(claim)) return null
  return isTrueClaim(claim) && (verifiesAddresses || null)
}

/** An invalid `auth_time` counts as unknown (OpenID Connect Core §2). */
function timeIn(claim: unknown): number | null {
  return typeof claim === 'number' && Number.isFinite(claim) && claim > 0 ? claim * SECOND : null
}

/** Values of `acr` that mean a second factor, as providers and academic federations use them. */
const CLASSES = [
  'http://schemas.openid.net/pape/policies/2007/06/multi-factor',
  'http://schemas.microsoft.com/claims/multipleauthn',
  'https://refeds.org/profile/mfa',
  'phr',
  'phrh',
  'urn:okta:loa:2fa:any',
]

/** Authentication methods by kind (RFC 8176 §2). */
const KINDS: Record<string, 'knowledge' | 'possession' | 'inherence'> = {
  pwd: 'knowledge',
  pin: 'knowledge',
  kba: 'knowledge',
  otp: 'possession',
  hwk: 'possession',
  swk: 'possession',
  sc: 'possession',
  sms: 'possession',
  tel: 'possession',
  pop: 'possession',
  fpt: 'inherence',
  face: 'inherence',
  iris: 'inherence',
  retina: 'inherence',
  vbm: 'inherence',
}

/** Whether an ID token shows a second factor: by its `acr`, by `mfa` in its `amr`, or by methods of two kinds. */
function namesSecondFactor({ acr, amr }: Record<string, unknown>): boolean {
  if (typeof acr === 'string' && CLASSES.includes(acr)) return true
  const methods = Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : []
  const kinds = methods.flatMap((method) => (Object.hasOwn(KINDS, method) ? KINDS[method] : []))
  return methods.includes('mfa') || new Set(kinds).size > 1
}
