import * as z from 'zod'
import { apiObject } from '../http/route.ts'
import { hasMultipleRegions } from '../sites/site.ts'
import { permissionsOf, protocolPermissions } from '../users/account.ts'
import { type LiveSession, limitsOf, sessionTimeout } from './session.ts'

/** The session object of the Files.com reference, with the fields that present clients expect. */
export const sessionObject = apiObject('Session', {
  id: z
    .union([z.int(), z.string().regex(/^[0-9a-f]{40}$/)])
    .describe(
      'The session id: the string for X-FilesAPI-Auth, or an integer for curl and for clients that send Accept: application/json; id=int64',
    ),
  language: z.string().nullable(),
  login_token: z.string().optional().describe('Logs the same user in once at login_token_domain'),
  login_token_domain: z.string().optional(),
  max_dir_listing_size: z.int(),
  multiple_regions: z.boolean().describe('Whether every region accepts this session'),
  read_only: z.boolean(),
  ...protocolPermissions,
  root_path: z.string(),
  site_id: z.int(),
  ssl_required: z.boolean(),
  tls_disabled: z.boolean(),
  two_factor_setup_needed: z.boolean(),
  allowed_2fa_method_sms: z.boolean().optional(),
  allowed_2fa_method_totp: z.boolean().optional(),
  allowed_2fa_method_u2f: z.boolean().optional(),
  allowed_2fa_method_yubi: z.boolean().optional(),
  use_provided_modified_at: z.boolean(),
  windows_mode_ftp: z.boolean(),
  token: z.string().optional().describe('The signed session token (JWT). Returned at login only'),
  timeout_at: z.iso.datetime().describe('When the session expires if it is not used'),
})

export type SessionObject = z.infer<typeof sessionObject>

/**
 * A session as its user sees it. `id` is in the form that the caller may see, `now` in milliseconds since the Unix
 * epoch.
 */
export function viewSession(live: LiveSession, id: number | string, now: number): SessionObject {
  const { user, site } = live
  const setupNeeded = limitsOf(live, now).includes('two-factor-setup')
  return {
    id,
    language: user.language ?? site.language,
    max_dir_listing_size: site.maxDirListingSize,
    multiple_regions: hasMultipleRegions(site),
    read_only: user.readOnly,
    ...permissionsOf(user),
    root_path: user.rootPath,
    site_id: site.id,
    ssl_required:
      user.sslRequired === 'use_system_setting'
        ? site.sslRequired
        : user.sslRequired === 'always_require',
    tls_disabled: site.tlsDisabled,
    two_factor_setup_needed: setupNeeded,
    ...(setupNeeded && {
      allowed_2fa_method_sms: site.allowed2faMethodSms,
      allowed_2fa_method_totp: site.allowed2faMethodTotp,
      allowed_2fa_method_u2f: site.allowed2faMethodU2f,
      allowed_2fa_method_yubi: site.allowed2faMethodYubi,
    }),
    use_provided_modified_at: site.useProvidedModifiedAt,
    windows_mode_ftp: site.windowsModeFtp,
    timeout_at: new Date(sessionTimeout(live)).toISOString(),
  }
}
