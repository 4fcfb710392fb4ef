import * as z from 'zod'
import { redirectAddress } from './provider-client.ts'
import { issuerOf, providerNamed } from './providers.ts'
import type { Strategy } from './strategy.ts'

export const require2fa = z.enum(['use_system_setting', 'always_require', 'never_require'])

/** The SSO strategy object of the Files.com API, as far as it is supported, and what we add. */
export const strategyObject = z
  .object({
    id: z.int(),
    protocol: z.enum(['openid_connect', 'oauth2']),
    provider: z.string(),
    label: z.string().describe('What people read on its button'),
    enabled: z.boolean(),
    subdomain: z.string(),
    issuer: z.string().nullable().describe('What its tokens must name; null for plain OAuth 2.0'),
    client_id: z.string(),
    email_domains: z
      .string()
      .describe('Whose verified addresses link a user of the site at the first log in'),
    provision_users: z.boolean(),
    provision_group_required: z.string(),
    provision_group_inclusion: z.string(),
    provision_group_exclusion: z.string(),
    provision_group_default: z.string(),
    provision_site_admin_groups: z.string(),
    provision_require_2fa: require2fa,
    user_count: z.int().describe('The users that it made, or that were named to be its'),
    redirect_uri: z.url().describe('What the provider has to know as the redirect address'),
    backchannel_logout_uri: z
      .url()
      .nullable()
      .describe('What it may know to end sessions by; null for plain OAuth 2.0'),
  })
  .meta({ id: 'SsoStrategy' })

/** A strategy as its admins see it: never with its secret. */
export function viewStrategy(
  strategy: Strategy,
  { userCount, globalOrigin }: { userCount: number; globalOrigin: URL },
): z.infer<typeof strategyObject> {
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
    backchannel_logout_uri:
      provider.protocol === 'oauth2'
        ? null
        : new URL(`/sso/${strategy.id}/backchannel_logout`, globalOrigin).href,
  }
}
