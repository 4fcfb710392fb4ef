import { eq, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../history/credential-event.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { isAllowedAddress, readAddressList } from '../platform/ip-address.ts'
import { supportedLanguage } from '../platform/languages.ts'
import { Problem } from '../platform/problem.ts'
import type { ModelError } from '../platform/problem-types.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region } from '../regions/region.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import type { Site } from '../sites/site.ts'
import { plainSettings } from '../sites/site-settings.ts'
import { viewSite } from '../sites/site-view.ts'
import { sites } from '../sites/tables.ts'
import type { Account } from '../users/account.ts'

export interface ChangeSettingsNeeds {
  clock: Clock
  databaseIn: (region: Region) => ReplicatedDatabase
}

/** The admin whose site it is, and by which request. */
export interface SiteActing {
  live: Account
  region: Region
  request: RequestFacts
}

type Sent = Record<string, unknown> & {
  allowed_ips?: string | undefined
  language?: string | undefined
  login_help_text?: string | undefined
  require_2fa_stop_time?: string | undefined
}

/**
 * Changes the settings that were sent, and records who did, in one batch.
 * @throws {Problem} model-save-error with all that is wrong, and nothing is changed
 */
export async function changeSettings(
  { clock, databaseIn }: ChangeSettingsNeeds,
  acting: SiteActing,
  sent: Sent,
): Promise<Site> {
  const { site } = acting.live
  const changes = differing(site, readSettings(acting, sent))
  if (Object.keys(changes).length === 0) return site
  const db = databaseIn(acting.region).primary
  const event = siteEvent(acting, { before: site, after: { ...site, ...changes }, at: clock() })
  const [changed] = await db.batch([
    db.update(sites).set(changes).where(eq(sites.id, site.id)).returning(),
    recordEvent(db, event, sql`1`),
  ])
  return changed[0] ?? site
}

/** Records a change of the site that was made otherwise, where there was one. */
export async function recordSiteChange(
  { clock, databaseIn }: ChangeSettingsNeeds,
  acting: SiteActing,
  after: Site,
): Promise<void> {
  const event = siteEvent(acting, { before: acting.live.site, after, at: clock() })
  if (Object.keys(event.changes ?? {}).length > 0)
    await recordEvent(databaseIn(acting.region).primary, event, sql`1`)
}

function readSettings({ live, request }: SiteActing, sent: Sent): Partial<Site> {
  const errors: Record<string, ModelError[]> = {}
  const allowedIps = readAddressList(sent.allowed_ips)
  if (allowedIps === null) errors.allowed_ips = ['address-list-malformed']
  else if (
    allowedIps &&
    !live.user.bypassSiteAllowedIps &&
    !isAllowedAddress(allowedIps, request.address)
  )
    errors.allowed_ips = ['address-list-excludes-you']
  if (sent.language && !supportedLanguage(sent.language)) errors.language = ['language-unknown']
  const stopTime = sent.require_2fa_stop_time ? Date.parse(sent.require_2fa_stop_time) : null
  if (Number.isNaN(stopTime)) errors.require_2fa_stop_time = ['instant-malformed']
  if (Object.keys(errors).length > 0)
    throw new Problem('processing-failure/model-save-error', { modelErrors: errors })
  const plain = Object.entries(plainSettings).map(([name, { column }]) => [column, sent[name]])
  const settings = {
    ...Object.fromEntries(plain),
    allowedIps,
    ...(sent.language !== undefined && { language: sent.language || null }),
    ...(sent.login_help_text !== undefined && { loginHelpText: sent.login_help_text || null }),
    ...(sent.require_2fa_stop_time !== undefined && { require2faStopTime: stopTime }),
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

function differing(site: Site, changes: Partial<Site>): Partial<Site> {
  return Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => site[name as keyof Site] !== value),
  )
}

function siteEvent(
  { live, region, request }: SiteActing,
  { before, after, at }: { before: Site; after: Site; at: number },
): CredentialEvent {
  const [was, is] = [viewSite(before), viewSite(after)] as Record<string, unknown>[]
  const changed = Object.entries(is ?? {}).filter(([name, value]) => was?.[name] !== value)
  return {
    ...{ id: newId(region.code), siteId: live.site.id, userId: live.user.id, at },
    ...{ event: 'site_changed', actor: `user:${live.user.id}` },
    ...{ address: request.address, userAgent: request.userAgent, requestId: request.id },
    changes: Object.fromEntries(
      changed.map(([name, value]) => [name, [was?.[name] ?? null, value] as [unknown, unknown]]),
    ),
  }
}
