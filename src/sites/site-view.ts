import * as z from 'zod'
import type { Requester } from '../access/actor.ts'
import {
  type Authority,
  type CredentialEvent,
  changesBetween,
  eventBy,
} from '../audit/credential-event.ts'
import type { Site } from './site.ts'
import { shownSettings, viewSettings } from './site-settings.ts'

/** The site object of the Files.com API, as far as it concerns sessions. */
export const siteObject = z.object({
  id: z.int(),
  name: z.string(),
  subdomain: z.string(),
  domain: z.string().nullable(),
  domain_verified: z.boolean().describe('Whether the domain is verified'),
  created_at: z.iso.datetime(),
  ...shownSettings,
  accent_color: z
    .string()
    .nullable()
    .describe('Color of the pages, such as #0b5fc4; null for the default'),
  logo: z.string().nullable().describe('The path of the logo at the site’s own hosts'),
})

export function viewSite(site: Site): z.infer<typeof siteObject> {
  return {
    id: site.id,
    name: site.name,
    subdomain: site.subdomain,
    domain: site.domain,
    domain_verified: site.domainVerifiedAt !== null,
    created_at: new Date(site.createdAt).toISOString(),
    ...viewSettings(site),
    accent_color: site.accentColor,
    logo: site.logoDigest && `/ui/logo/${site.logoDigest}`,
  }
}

/** The record of a site's change, with values before and after as the API shows them. */
export function siteEvent(
  actor: Requester,
  { before, after, ...rest }: { before: Site; after: Site; authority: Authority; at: number },
): CredentialEvent {
  const changes = changesBetween(viewSite(before), viewSite(after))
  return eventBy(actor, { event: 'site_changed', ...rest, changes })
}
