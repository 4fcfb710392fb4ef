import type { Requester } from '../access/actor.ts'
import type { Ctx } from '../context.ts'
import { notSaved, type Problem } from '../http/problem.ts'
import { isUniqueViolation } from '../storage/guarded-storage.ts'
import type { Region } from '../storage/region.ts'
import type { UsernameClaim } from '../storage/username-directory.ts'
import { claimSubdomain } from './create-site.ts'
import { limitsItsAdmin, readSiteChanges, type SentSite } from './read-site-changes.ts'
import { hostNamesOf, hostnameNamed, type Site } from './site.ts'
import type { Kept } from './site-ledger.ts'
import { siteEvent } from './site-view.ts'
import { readDomain } from './verify-domain.ts'

/**
 * Changes what was sent and records it, in one batch. A new domain is used only once it is verified. A new subdomain
 * is used at once, and the previous one stops working. Giving up a host stops the single sign-on strategies that
 * receive callbacks there and disables security keys registered for it; the admin must confirm both. Other sites
 * cannot use the host for 90 days.
 * @throws {Problem} model-save-error with everything that is wrong, and then nothing changes; and what `authorize`
 *   throws
 */
export async function changeSite(
  ctx: Ctx,
  actor: Requester,
  { domain: sentDomain, subdomain, ...sentAlong }: SentSite,
): Promise<Site> {
  const { confirm_sso_stop: ssoStop, confirm_key_loss: keyLoss, ...sent } = sentAlong
  const { user, site } = actor.live
  const { columns, ...others } = await readSiteChanges(actor, sent)
  const domain = readDomain(ctx, sentDomain)
  if (domain !== undefined && domain !== site.domain)
    Object.assign(columns, { domain, domainVerifiedAt: null, domainMissingSince: null })
  const isRenamed = subdomain !== undefined && subdomain !== site.subdomain
  if (Object.keys({ ...columns, ...others }).length === 0 && !isRenamed) return site
  const changes = { columns: { ...columns, ...(isRenamed && { subdomain }) }, ...others }
  const seen = {
    ...changes.columns,
    ...(others.logo !== undefined && { logoDigest: others.logo?.digest ?? null }),
  }
  const authority = await actor.authorize({ what: 'site', columns: Object.keys(seen) })
  if (limitsItsAdmin(actor.live, { user, site: { ...site, ...columns } }, ctx.clock()))
    throw notSaved({ require_2fa: ['second-factor-of-yours-first'] })
  const claim = isRenamed
    ? await claimSubdomain(ctx, { region: actor.region, subdomain, by: site.id })
    : null
  const after = { ...site, ...seen }
  const givenUp = hostNamesOf(site).filter((name) => !hostNamesOf(after).includes(name))
  const written = {
    event: siteEvent(actor, { before: site, after, authority, at: ctx.clock() }),
    givenUp,
    keysAt: givenUp.map((name) => hostnameNamed(name, ctx.globalOrigin)),
    confirmed: { ssoStop: ssoStop === true, keyLoss: keyLoss === true },
  }
  const changed = await ctx
    .in(actor.region)
    .siteChanges.change(site, changes, written)
    .catch((error) => {
      throw isUniqueViolation(error) ? notSaved({ subdomain: ['subdomain-taken'] }) : error
    })
  if ('kept' in changed) {
    if (claim) await ctx.directory.release(claim)
    throw whyNotChanged(changed, isRenamed ? 'subdomain' : 'domain')
  }
  ctx.allowedOrigins.clear()
  if (claim) await keepName(ctx, actor, { claim, before: site })
  await rememberHosts(ctx, actor.region, { before: site, after: changed })
  return changed
}

/** @throws {Problem} model-save-error if the claim took so long that another site has the name */
async function keepName(
  ctx: Ctx,
  { region }: Requester,
  { claim, before }: { claim: UsernameClaim; before: Site },
): Promise<void> {
  if (await ctx.directory.confirm(claim, ctx.clock())) return
  await ctx.in(region).siteChanges.restore(before, { subdomain: before.subdomain })
  throw notSaved({ subdomain: ['subdomain-taken'] })
}

/** KV is only a hint and the rows decide, so this may fail. */
async function rememberHosts(
  { siteHosts }: Ctx,
  region: Region,
  { before, after }: { before: Site; after: Site },
): Promise<void> {
  const { domain, subdomain } = before
  if (domain !== null && domain !== after.domain)
    await siteHosts.forget({ kind: 'domain', domain }).catch(() => undefined)
  if (subdomain === after.subdomain) return
  await siteHosts.forget({ kind: 'site', subdomain }).catch(() => undefined)
  await siteHosts
    .remember({ kind: 'site', subdomain: after.subdomain }, { region, siteId: after.id })
    .catch(() => undefined)
}

function whyNotChanged({ kept, keyUsers, labels }: Kept, field: 'subdomain' | 'domain'): Problem {
  switch (kept) {
    case 'last-admin':
      return notSaved({ base: ['last-admin'] })
    case 'security-keys':
      return notSaved({
        [field]: [{ error: 'host-has-keys', values: { count: String(keyUsers) } }],
      })
    case 'sso':
      return notSaved({
        [field]: [{ error: 'host-receives-logins', values: { labels: labels.join(', ') } }],
      })
  }
}
