import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { sealedKind } from '../../crypto/sealer.ts'
import {
  type LiveSession,
  OF_ANOTHER_NETWORK,
  timeoutAfterUse,
  whyOver,
} from '../../sessions/session.ts'
import { inScope, ownHostKind } from '../../sites/site.ts'
import type { Region } from '../../storage/region.ts'
import type { ProofUse } from '../../two-factor/consumption.ts'
import type { Account } from '../../users/account.ts'
import { attemptOfUser } from '../identify.ts'
import { lockedOut, recordAtHost, refusalOf } from '../refusals.ts'
import type { Identity, LoginClient, Method, Proved } from './method.ts'

const PREFIX = '@tok-'

/** Logs the user of a session in again, once, at the site's own host. */
const loginToken = sealedKind(
  'latchkey-login+jwt',
  120,
  z.object({ sid: z.int(), region: z.string() }),
)

type LoginToken = NonNullable<Awaited<ReturnType<typeof readLoginToken>>>

export function looksLikeLoginToken(username: string): boolean {
  return username.startsWith(PREFIX)
}

export async function issueLoginToken(
  ctx: Ctx,
  { session }: LiveSession,
  region: Region,
): Promise<string> {
  return PREFIX + (await loginToken.seal(ctx, { sid: session.id, region: region.name }))
}

/** Returns the content of a login token; null if it is not ours or has expired. Does not check whether it was used. */
function readLoginToken(ctx: Ctx, username: string) {
  return loginToken.unseal(ctx, username.slice(PREFIX.length))
}

/**
 * Proves an identity by a login token: at the host of its site, and once. The token represents a session, and the new
 * session ends with that session.
 */
export function byLoginToken(ctx: Ctx, client: LoginClient, text: string): Method {
  return {
    by: 'login-token',
    isGuessable: false,
    newPassword: null,
    secondFactor: null,
    identify: () => identify(ctx, client, text),
    refusal: (outcome, { region }) => refusalOf(outcome, region, ctx.globalOrigin),
    lockedOut,
  }
}

interface Issued {
  token: LoginToken
  region: Region
  parent: LiveSession
}

async function identify(ctx: Ctx, client: LoginClient, text: string): Promise<Identity> {
  const issued = await readIssued(ctx, text)
  if (!issued || !inScope(ctx.scope, issued.parent.site)) {
    const outcome = issued ? 'site_mismatch' : 'key_mismatch'
    await recordAtHost(ctx, client.request, outcome)
    throw refusalOf(outcome, null, ctx.globalOrigin)
  }
  const { region, parent } = issued
  const account = { user: parent.user, site: parent.site }
  const named = await attemptOfUser(ctx, client, { account, scope: ctx.scope, secret: '' })
  // The login of that session has sent its notices: this one remembers no device and sends none.
  const attempt = { ...named, callerDigest: null, rememberedDigest: null }
  return {
    region,
    attempt,
    known: {
      account,
      counter: attempt.counters.stranger,
      shared: null,
      lockedUntil: null,
      hasFailures: false,
      seenAt: null,
    },
    prove: async (now, use) => proveParent(ctx, client, { issued, account: now, use }),
  }
}

async function readIssued(ctx: Ctx, text: string): Promise<Issued | null> {
  const token = await readLoginToken(ctx, text)
  const region = token && ctx.regions.withName(token.region)
  const parent = region && (await ctx.in(region).sessions.findAtPrimary({ id: token.sid }))
  return parent ? { token, region, parent } : null
}

function proveParent(
  ctx: Ctx,
  { request: client }: LoginClient,
  { issued, account, use }: { issued: Issued; account: Account | null; use: ProofUse },
): Proved {
  const { token, region, parent } = issued
  const { session } = parent
  if (account?.user.id !== session.userId) return { account: null, proof: null }
  const { at } = use
  const over = whyOver({ ...account, session }, { now: at, epoch: ctx.epoch, client })
  if (over === OF_ANOTHER_NETWORK) return { account, proof: null, mismatch: 'ip_mismatch' }
  if (over !== null || ctx.scope.kind !== ownHostKind(account.site)) return { account, proof: null }
  const ledger = ctx.in(region).logins
  const timeoutAt = timeoutAfterUse(at, session.endsAt, account.site.sessionExpiry)
  return {
    account,
    proof: {
      consumption: ledger.consumptionOfToken(token, session, use),
      includesSecondFactor: true,
      authenticatedAt: session.authenticatedAt,
      secondFactorAt: session.secondFactorAt,
      password: null,
      parent: session,
      alongside: async () => ledger.useOfParent(session, { ...use, timeoutAt }),
    },
  }
}
