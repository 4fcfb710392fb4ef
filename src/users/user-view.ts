import * as z from 'zod'
import type { User } from './account.ts'

export const rule = z.enum(['use_system_setting', 'always_require', 'never_require'])
export const authenticationMethod = z.enum(['password', 'sso', 'none'])

/** The user object of the Files.com API: what governs log in. */
export const userObject = z
  .object({
    id: z.int(),
    username: z.string(),
    email: z.string().nullable(),
    authentication_method: authenticationMethod,
    sso_strategy_id: z.int().nullable(),
    allowed_ips: z.string().describe('Addresses and networks, one a line; empty for anywhere'),
    bypass_site_allowed_ips: z.boolean(),
    authenticate_until: z.iso.datetime().nullable(),
    restapi_permission: z.boolean(),
    disabled: z.boolean(),
    password_validity_days: z.int().nullable().describe('Null for what the site says'),
    require_password_change: z.boolean(),
    self_managed: z.boolean(),
    site_admin: z.boolean(),
    read_only: z.boolean(),
    language: z.string().nullable(),
    time_zone: z.string().nullable(),
    user_root: z.string(),
    ssl_required: rule,
    require_2fa: rule,
    type_of_2fa: z
      .string()
      .describe('The methods of its second factors, in order, joined by _; empty for none'),
    created_at: z.iso.datetime(),
    last_login_at: z.iso.datetime().nullable(),
    lockout_expires: z.iso
      .datetime()
      .nullable()
      .optional()
      .describe('Until when it is locked out after failures; told by /users'),
    password_set_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'User' })

/** @param lockedUntil milliseconds since the Unix epoch, null for not locked; left out where nobody looked */
export function viewUser(user: User, lockedUntil?: number | null): z.infer<typeof userObject> {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    authentication_method: user.authenticationMethod,
    sso_strategy_id: user.ssoStrategyId,
    allowed_ips: user.allowedIps,
    bypass_site_allowed_ips: user.bypassSiteAllowedIps,
    authenticate_until: instant(user.authenticateUntil),
    restapi_permission: user.restapiPermission,
    disabled: user.disabled,
    password_validity_days: user.passwordValidityDays,
    require_password_change: user.requirePasswordChange,
    self_managed: user.selfManaged,
    site_admin: user.siteAdmin,
    read_only: user.readOnly,
    language: user.language,
    time_zone: user.timeZone,
    user_root: user.rootPath,
    ssl_required: user.sslRequired,
    require_2fa: user.require2fa,
    type_of_2fa: user.typeOf2fa,
    created_at: new Date(user.createdAt).toISOString(),
    last_login_at: instant(user.lastLoginAt),
    ...(lockedUntil !== undefined && { lockout_expires: instant(lockedUntil) }),
    password_set_at: instant(user.passwordSetAt),
  }
}

function instant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}
