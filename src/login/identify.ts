import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { HostScope } from '../sites/site.ts'
import type { SiteHome } from '../sites/site-hosts.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { nameKeys } from '../users/username.ts'
import type { NamedAttempt } from './login-ledger.ts'
import type { Identity, LoginClient } from './methods/method.ts'
import { nameAttempt } from './named-attempt.ts'

/**
 * Whom a typed name means, as the nearest replica knows it: on a site's host one of its users, else whom the
 * directory knows by it. A replica of the directory may lag, so its primary is asked before a refusal.
 * @param secret what a guess guesses
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
  if (scope.kind === 'any') return null
  const home = await siteHosts.homeOf(scope)
  if (!home) throw new Problem('site-configuration/no-account-for-site')
  return home
}

/** The attempt of a user who is named by something other than a typed name, counted by their username at their site. */
export async function attemptOfUser(
  ctx: Ctx,
  { request, device }: Pick<LoginClient, 'request' | 'device'>,
  of: { account: Account; scope: HostScope; secret: string },
): Promise<Omit<NamedAttempt, 'id'>> {
  const { user, site } = of.account
  return nameAttempt(ctx.nameDigestKey, {
    username: user.username,
    nameKey: user.usernameKey,
    siteId: site.id,
    usersOf: { kind: 'site-id', siteId: site.id },
    scope: of.scope,
    request,
    device,
    secret: of.secret,
    at: ctx.clock(),
  })
}
