import * as z from 'zod'
import type { Site } from './site.ts'

/** The site object of the Files.com API: what governs sessions. */
export const siteObject = z.object({
  id: z.int(),
  name: z.string(),
  subdomain: z.string(),
  domain: z.string().nullable(),
  domain_verified: z.boolean().describe('Whether the domain was proved, and is served'),
  language: z.string().nullable(),
  created_at: z.iso.datetime(),
  session_expiry: z.number().describe('Hours without use after which a session ends'),
  ssl_required: z.boolean(),
  tls_disabled: z.boolean(),
  use_provided_modified_at: z.boolean(),
  windows_mode_ftp: z.boolean(),
  opt_out_global: z.boolean(),
  require_2fa: z.boolean(),
  allowed_2fa_method_sms: z.boolean(),
  allowed_2fa_method_totp: z.boolean(),
  allowed_2fa_method_u2f: z.boolean(),
  allowed_2fa_method_yubi: z.boolean(),
  accent_color: z.string().nullable().describe('Of the pages, such as #0b5fc4; null for ours'),
  logo: z.string().nullable().describe('Where the site’s own hosts serve the picture of its pages'),
})

export function viewSite(site: Site): z.infer<typeof siteObject> {
  return {
    id: site.id,
    name: site.name,
    subdomain: site.subdomain,
    domain: site.domain,
    domain_verified: site.domainVerifiedAt !== null,
    language: site.language,
    created_at: new Date(site.createdAt).toISOString(),
    session_expiry: site.sessionExpiry,
    ssl_required: site.sslRequired,
    tls_disabled: site.tlsDisabled,
    use_provided_modified_at: site.useProvidedModifiedAt,
    windows_mode_ftp: site.windowsModeFtp,
    opt_out_global: site.optOutGlobal,
    require_2fa: site.require2fa,
    allowed_2fa_method_sms: site.allowed2faMethodSms,
    allowed_2fa_method_totp: site.allowed2faMethodTotp,
    allowed_2fa_method_u2f: site.allowed2faMethodU2f,
    allowed_2fa_method_yubi: site.allowed2faMethodYubi,
    accent_color: site.accentColor,
    logo: site.logoDigest && `/ui/logo/${site.logoDigest}`,
  }
}
