import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { orRecord, recordUnknown } from '../login/refusals.ts'
import { SECOND } from '../storage/clock.ts'
import { regionCodeOfId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { PartialSessionStore } from '../two-factor/partial-session.ts'
import { ASSERTION_LIFETIME_SECONDS, type Assertion, type Person, textClaim } from './assertion.ts'
import { isAdminByGroups, isAllowedByGroups, keptGroups } from './group-rules.ts'
import { personOfOAuth2 } from './oauth2-person.ts'
import { type Callback, personOfOpenIdConnect } from './openid-connect-person.ts'
import { CLOCK_TOLERANCE_SECONDS } from './provider-client.ts'
import { asRefusal, ssoRefused } from './provider-fetch.ts'
import { issuerOf, type Provider, providerNamed } from './providers.ts'
import { begunAt, type SsoState, sealedState, secretsOf } from './sso-state.ts'
import { redirectAddress, redirectHost, type Strategy } from './strategy.ts'

interface CallbackInput {
  parameters: URLSearchParams
  /** Whether the parameters are complete: programs may send the code alone. */
  namesIssuer: boolean
  /** The provider that the caller names, if any. */
  provider: string | undefined
  /** The browser's id; null for a program. */
  browser: string | null
}

/** The limit of stored groups. They are for people to read, and what carries them is limited. */
const MOST_KEPT_GROUPS = 20
const LONGEST_KEPT_GROUP = 64

/**
 * Opens the state of a login.
 * @throws {Problem} invalid-oauth if the state is not ours or has expired
 */
export async function openState(ctx: Ctx, text: string) {
  const state = await sealedState.unseal(ctx, text)
  if (!state) throw ssoRefused('expired', 'no state of ours')
  return state
}

/**
 * Opens the state of a login whose callback arrived at a strategy's redirect address. A state that began for another
 * address is refused before anything else is read: PKCE, nonce and `iss` do not tell apart flows that one party began
 * (RFC 9700 §4.4.2.2, §4.7).
 * @throws {Problem} invalid-oauth
 */
export async function openStateAt(
  ctx: Ctx,
  text: string,
  { strategy, hostname }: { strategy: number; hostname: string },
): Promise<SsoState> {
  const state = await openState(ctx, text)
  if (state.strategy !== strategy || redirectHost(redirectOf(state), ctx.globalOrigin) !== hostname)
    throw ssoRefused('refused', 'begun for another redirect address')
  return state
}

/** The parts of the redirect address that a login began with. */
export function redirectOf({ strategy, origin }: Pick<SsoState, 'strategy' | 'origin'>) {
  return { id: strategy, originName: origin }
}

/**
 * Redeems a callback and returns the provider's assertion. Does not consume the state, but every refused code costs
 * it one attempt.
 * @throws {Problem} invalid-oauth; identity-provider-unavailable
 */
export async function receiveCallback(
  ctx: Ctx,
  state: SsoState,
  { provider, browser, request, ...answer }: { request: RequestFacts } & CallbackInput,
): Promise<Assertion> {
  const { region, strategy } = await orRecord(ctx, request, () => receiverOf(ctx, state))
  const tries = ctx.in(region).partialSessions
  const use = useOf(state)
  const record = (outcome: LoginOutcome, username: string) =>
    recordUnknown(ctx, region, { request, siteId: strategy.siteId, username, outcome })
  const refused = await refusalOf(tries, { state, strategy, provider, browser })
  if (refused) {
    await record('key_mismatch', '')
    throw refused
  }
  const person = await authenticatedPerson(ctx, strategy, { state, ...answer }).catch(
    async (error) => {
      if (error instanceof Problem && error.status === 503) throw error
      await tries.countWrongCode(use)
      await record('key_mismatch', '')
      return asRefusal(error)
    },
  )
  const denied = deniedByGroups(strategy, person)
  if (denied) {
    await tries.countWrongCode(use)
    await record(denied.outcome, person.email ?? person.subject)
    throw denied.problem
  }
  const exp = Math.floor(ctx.clock() / SECOND) + ASSERTION_LIFETIME_SECONDS
  return assertionOf(strategy, { ...state, exp }, person)
}

type AuthenticatedPerson = Person & Pick<Assertion['person'], 'authenticatedAt'>

/**
 * The strategy that a login began with, if it still receives callbacks at the same address.
 * @throws {Problem} invalid-oauth
 */
export async function receiverOf(
  ctx: Ctx,
  begun: Pick<SsoState, 'strategy' | 'origin' | 'testFor'>,
): Promise<{ region: Region; strategy: Strategy }> {
  const region = ctx.regions.withCode(regionCodeOfId(begun.strategy))
  const at = { scope: ctx.scope, isTest: begun.testFor !== undefined }
  const receiver = region && (await ctx.in(region).strategies.receiverAt(redirectOf(begun), at))
  if (!region || !receiver)
    throw ssoRefused('refused', 'the strategy is gone, off, or receives elsewhere')
  return { region, strategy: receiver }
}

/** Returns why a callback is refused before its content is read; null if it is not. */
async function refusalOf(
  tries: PartialSessionStore,
  input: { state: SsoState; strategy: Strategy } & Pick<CallbackInput, 'provider' | 'browser'>,
): Promise<Problem | null> {
  const { state, strategy, provider, browser } = input
  if (provider !== undefined && provider !== strategy.provider)
    return ssoRefused('refused', 'the answer of another provider')
  if (state.browser !== undefined && state.browser !== browser)
    return ssoRefused('other-browser', 'not the browser where it began')
  const isVoid = await tries.isVoid(useOf(state))
  return isVoid ? ssoRefused('used', 'state used, or too many codes') : null
}

function useOf({ jti, exp }: SsoState) {
  return { jti: `sso:${jti}`, exp }
}

/**
 * Returns the person whom the provider names, and when they authenticated. @throws {Problem} and what the libraries
 * throw
 */
async function authenticatedPerson(
  ctx: Ctx,
  strategy: Strategy,
  answer: { state: SsoState } & Pick<CallbackInput, 'parameters' | 'namesIssuer'>,
): Promise<AuthenticatedPerson> {
  const { state, parameters, namesIssuer } = answer
  const provider = providerNamed(strategy.provider)
  if (!provider) throw new TypeError(`a strategy of ${strategy.provider}`)
  const error = parameters.get('error')
  if (error !== null) throw ssoRefused('denied', `the provider answered ${error.slice(0, 64)}`)
  const redirectUri = redirectAddress(redirectOf(state), ctx.globalOrigin)
  const sent = { parameters, namesIssuer, redirectUri, ...(await secretsOf(state)) }
  const person = await personOf(ctx, { strategy, provider }, sent)
  return { ...person, authenticatedAt: authenticationTime(state, provider, person.authenticatedAt) }
}

async function personOf(
  ctx: Ctx,
  { strategy, provider }: { strategy: Strategy; provider: Provider },
  sent: Callback,
): Promise<Person> {
  if (provider.protocol === 'oauth2') return personOfOAuth2(ctx, { strategy, provider }, sent)
  const issuer = issuerOf(provider, strategy)
  if (!issuer) throw ssoRefused('refused', 'a strategy without an issuer')
  const { verifiesAddresses } = provider
  return personOfOpenIdConnect(ctx, { strategy, issuer, verifiesAddresses }, sent)
}

/** Returns why a person's groups deny the login, for the history and for the person; null if they do not. */
function deniedByGroups(
  strategy: Strategy,
  { groups, groupsAreAll }: Person,
): { outcome: LoginOutcome; problem: Problem } | null {
  const isAllowed = isAllowedByGroups(strategy, { names: groups, isComplete: groupsAreAll })
  if (isAllowed) return null
  if (isAllowed !== null)
    return {
      outcome: 'group_required',
      problem: ssoRefused('not-allowed', 'in none of the groups'),
    }
  const problem = ssoRefused('groups-not-told', 'the provider did not say which groups')
  return { outcome: 'groups_not_told', problem }
}

function assertionOf(
  strategy: Strategy,
  state: SsoState,
  { groups, groupsAreAll, ...person }: AuthenticatedPerson,
): Assertion {
  const readable = groups.filter((group) => textClaim(group) !== null)
  const kept = keptGroups(strategy, readable, MOST_KEPT_GROUPS)
  return {
    strategy: strategy.id,
    origin: state.origin,
    use: useOf(state),
    groups: kept.map((group) => group.slice(0, LONGEST_KEPT_GROUP)),
    groupsAreAll,
    isAdmin: isAdminByGroups(strategy, { names: groups, isComplete: groupsAreAll }),
    ...(state.state !== undefined && { state: state.state }),
    ...(state.place !== undefined && { place: state.place }),
    person,
  }
}

/**
 * When a person authenticated at the provider, in milliseconds since the Unix epoch; 0 if unknown. If the login asked
 * for reauthentication, providers that send `auth_time` must show a time since then; the others are trusted.
 * @throws {Problem} invalid-oauth if the provider did not reauthenticate the person
 */
function authenticationTime(
  state: SsoState,
  { sendsAuthTime }: Pick<Provider, 'sendsAuthTime'>,
  authTime: number | null,
): number {
  if (!state.again) return authTime ?? 0
  const earliest = begunAt(state)
  const isSince =
    authTime === null ? !sendsAuthTime : authTime >= earliest - CLOCK_TOLERANCE_SECONDS * SECOND
  if (!isSince)
    throw ssoRefused('refused', `reauthentication was requested, but auth_time is ${authTime}`)
  return authTime ?? earliest
}
