import type { Attempt } from '../audit/record-attempt.ts'
import type { Ctx } from '../context.ts'
import { withoutBidiControls } from '../http/bidi.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { HostScope } from '../sites/site.ts'
import type { SiteHome } from '../sites/site-hosts.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { comparableName, formerName, nameKeys } from '../users/username.ts'
import { countersFor, guessDigest, type NamedAttempt, type UsersOf } from './failure-counter.ts'
import { callerDigest, type Device, deviceDigest } from './known-callers.ts'
import type { Identity, LoginClient } from './methods/method.ts'

/**
 * Finds the account of a typed name at the nearest replica: a user of the host's site, or on shared hosts the user
 * whom the directory knows. A replica of the directory may lag, so its primary is asked before a refusal.
 * @param secret what is guessed
 * @throws {Problem} no-account-for-site
 */
export async function identifyByName(
  ctx: Ctx,
  { request, device }: LoginClient,
  { username, secret, prove }: { username: string; secret: string; prove: Identity['prove'] },
): Promise<Identity> {
  const { scope } = ctx
  const keys = nameKeys(username)
  const home = await homeOfHost(ctx)
  const attempt = await nameAttempt(ctx.nameDigestKey, {
    username,
    nameKey: username,
    siteId: home?.siteId ?? null,
    scope,
    usersOf: scope,
    request,
    device,
    secret,
    at: ctx.clock(),
  })
  const identityIn = async (region: Region): Promise<Identity> => ({
    region,
    attempt,
    known: await ctx.in(region).logins.find(attempt),
    prove,
  })
  if (home) return identityIn(home.region)
  const region = await ctx.directory.regionOf(keys, 'nearest')
  return {
    ...(await identityIn(region)),
    moved: async () => {
      const confirmed = await ctx.directory.regionOf(keys, 'primary')
      return confirmed === region ? null : identityIn(confirmed)
    },
  }
}

async function homeOfHost({ scope, siteHosts }: Ctx): Promise<SiteHome | null> {
  const home = await siteHosts.homeOf(scope)
  if (!home && scope.kind !== 'any') throw new Problem('site-configuration/no-account-for-site')
  return home
}

/**
 * The attempt of a user who is identified by something other than a typed name. It counts for their username at their
 * site.
 */
export async function attemptOfUser(
  ctx: Ctx,
  { request, device }: Pick<LoginClient, 'request' | 'device'>,
  { account, scope, secret }: { account: Account; scope: HostScope; secret: string },
): Promise<Omit<NamedAttempt, 'id'>> {
  const { user, site } = account
  return nameAttempt(ctx.nameDigestKey, {
    username: user.username,
    nameKey: user.usernameKey,
    siteId: site.id,
    usersOf: { kind: 'site-id', siteId: site.id },
    scope,
    request,
    device,
    secret,
    at: ctx.clock(),
  })
}

/** In characters. Longer names belong to nobody. */
const LONGEST_RECORDED_NAME = 256

interface Attempted {
  /** As it was typed, or the username of a credential's user. */
  username: string
  /** Any key of the name. If the user is known, the key that they are stored under. */
  nameKey: string
  /** The site that failures count for; null on global and regional hosts. */
  siteId: number | null
  scope: HostScope
  usersOf: UsersOf
  request: RequestFacts
  /** The browser, if a page is used. */
  device: Device | null
  /** The secret that is guessed. */
  secret: string
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** An attempt to log in, with its counters. @param key the HMAC key for names */
async function nameAttempt(
  key: CryptoKey,
  attempted: Attempted,
): Promise<Omit<NamedAttempt, 'id'>> {
  const { username, siteId, scope, usersOf, request, device, secret, at } = attempted
  const nameKey = comparableName(attempted.nameKey)
  const caller = await callerDigest(key, { address: request.address, device })
  return {
    nameKey,
    formerKey: formerName(attempted.nameKey),
    usersOf,
    counters: await countersFor(key, { nameKey, siteId }, caller),
    callerDigest: caller,
    rememberedDigest: device ? await deviceDigest(key, device) : caller,
    guess: () => guessDigest(key, { nameKey, secret }),
    siteId,
    scope,
    byProgram: device === null,
    username: recordedName(username),
    address: request.address,
    userAgent: request.userAgent,
    requestId: request.id,
    at,
  }
}

function recordedName(name: string): string {
  return withoutBidiControls(name).slice(0, LONGEST_RECORDED_NAME).toWellFormed()
}

/** An attempt of an unknown person, or of one whom only another party names. */
export function unnamedAttempt(
  region: Region,
  { request, at, username = '' }: { request: RequestFacts; at: number; username?: string },
): Attempt {
  return {
    id: newId(region.code),
    siteId: null,
    username: recordedName(username),
    address: request.address,
    userAgent: request.userAgent,
    requestId: request.id,
    at,
  }
}
