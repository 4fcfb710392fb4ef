import * as z from 'zod'
import { apiObject } from '../http/route.ts'
import { hostNamesOf, hostnameNamed, type Site } from '../sites/site.ts'
import { issuerOf, providerNamed } from './providers.ts'
import { redirectAddress, redirectHost, type Strategy } from './strategy.ts'
import { TEST_COUNTS_FOR_MS } from './strategy-store.ts'

const redirectStatuses = ['confirmed', 'unconfirmed', 'not_of_site'] as const

export const require2fa = z.enum(['use_system_setting', 'always_require', 'never_require'])

/** The SSO strategy object of the Files.com API, as far as it is supported, and our additions. */
export const strategyObject = apiObject('SsoStrategy', {
  id: z.int(),
  protocol: z.enum(['openid_connect', 'oauth2']),
  provider: z.string(),
  label: z.string().describe('The text on its login button'),
  enabled: z.boolean(),
  subdomain: z.string(),
  issuer: z
    .string()
    .nullable()
    .describe('The issuer that its tokens must name; null for plain OAuth 2.0'),
  client_id: z.string(),
  email_domains: z
    .string()
    .describe('Verified email addresses in these domains link users at their first login'),
  provision_users: z.boolean(),
  provision_group_required: z.string(),
  provision_group_inclusion: z.string(),
  provision_group_exclusion: z.string(),
  provision_group_default: z.string(),
  provision_site_admin_groups: z.string(),
  provision_require_2fa: require2fa,
  user_count: z.int().describe('The users that it created or that are assigned to it'),
  redirect_uri: z
    .url()
    .describe('The redirect URI to register at the provider. It belongs to this strategy alone'),
  redirect_host: z
    .string()
    .describe('The host of that URI. To change it, a test login must pass at the new host first'),
  redirect_status: z
    .enum(redirectStatuses)
    .describe(
      'unconfirmed: no login has come back to the URI yet, so register it at the provider. ' +
        'not_of_site: its host is no longer the site’s, so nobody can log in with this strategy',
    ),
  tested_redirect_host: z
    .string()
    .nullable()
    .describe(
      'The host where a test login has passed within the last hour, which redirect_host can be set to',
    ),
  backchannel_logout_uri: z
    .url()
    .nullable()
    .describe('The URI for back-channel logout; null for plain OAuth 2.0'),
})

export function redirectStatus(
  { originName, originConfirmed }: Strategy,
  site: Site,
): (typeof redirectStatuses)[number] {
  if (!hostNamesOf(site).includes(originName)) return 'not_of_site'
  return originConfirmed ? 'confirmed' : 'unconfirmed'
}

/** The host that passed a test login recently; null if there is none. */
export function testedHost(
  { testedOriginName: name, originTestedAt }: Strategy,
  { site, globalOrigin, now }: { site: Site; globalOrigin: URL; now: number },
): string | null {
  const counts = (originTestedAt ?? 0) > now - TEST_COUNTS_FOR_MS
  return name !== null && counts && hostNamesOf(site).includes(name)
    ? hostnameNamed(name, globalOrigin)
    : null
}

/** Returns a strategy as admins see it, without its secret. */
export function viewStrategy(
  strategy: Strategy,
  shown: { userCount: number; site: Site; globalOrigin: URL; now: number },
): z.infer<typeof strategyObject> {
  const { userCount, site, globalOrigin } = shown
  const provider = providerNamed(strategy.provider)
  if (!provider) throw new TypeError(`a strategy of ${strategy.provider}`)
  return {
    id: strategy.id,
    protocol: provider.protocol,
    provider: strategy.provider,
    label: strategy.label,
    enabled: strategy.enabled,
    subdomain: strategy.subdomain,
    issuer: issuerOf(provider, strategy),
    client_id: strategy.clientId,
    email_domains: strategy.emailDomains,
    provision_users: strategy.provisionUsers,
    provision_group_required: strategy.provisionGroupRequired,
    provision_group_inclusion: strategy.provisionGroupInclusion,
    provision_group_exclusion: strategy.provisionGroupExclusion,
    provision_group_default: strategy.provisionGroupDefault,
    provision_site_admin_groups: strategy.provisionSiteAdminGroups,
    provision_require_2fa: strategy.provisionRequire2fa,
    user_count: userCount,
    redirect_uri: redirectAddress(strategy, globalOrigin),
    redirect_host: redirectHost(strategy, globalOrigin),
    redirect_status: redirectStatus(strategy, site),
    tested_redirect_host: testedHost(strategy, shown),
    backchannel_logout_uri:
      provider.protocol === 'oauth2'
        ? null
        : new URL(`/sso/${strategy.id}/backchannel_logout`, globalOrigin).href,
  }
}
