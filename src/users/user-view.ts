import * as z from 'zod'
import { schemasOf, viewOf } from '../http/plain-settings.ts'
import { apiObject } from '../http/route.ts'
import { hasExpired, isDisabled, passwordExpiresAt, passwordIsDue } from '../login/policy.ts'
import { isImported } from '../passwords/phc-string.ts'
import { DAY } from '../storage/clock.ts'
import { methodsOf } from '../two-factor/second-factor.ts'
import type { Account, User } from './account.ts'
import { type KeptField, keptFields } from './kept-fields.ts'
import { authenticationMethod, plainSettings, rule } from './user-settings.ts'

const instantOrNull = z.iso.datetime().nullable()

const shownSettings = {
  ...schemasOf(plainSettings),
  username: z.string(),
  email: z.string().nullable(),
  authentication_method: authenticationMethod,
  sso_strategy_id: z.int().nullable(),
  allowed_ips: z.string().describe('IP addresses and networks, one per line. Empty: all allowed'),
  authenticate_until: instantOrNull,
  password_validity_days: z.int().nullable().describe('Null: as the site'),
  language: z.string().nullable(),
  time_zone: z.string().nullable(),
  user_root: z.string(),
  ssl_required: rule,
  require_2fa: rule,
}

const serverWritten = {
  id: z.int(),
  site_id: z.int(),
  type_of_2fa: z.string().describe('The user’s 2FA methods, in order, joined by _; empty for none'),
  type_of_2fa_for_display: z
    .string()
    .describe('The same for people, with the number of each. Only in /users')
    .optional(),
  active_2fa: z.boolean(),
  externally_managed: z
    .boolean()
    .describe('Whether a single sign-on strategy is assigned to the user'),
  disabled_expired_or_inactive: z.boolean(),
  created_at: z.iso.datetime(),
  last_login_at: instantOrNull,
  last_web_login_at: instantOrNull,
  last_restapi_login_at: instantOrNull,
  last_ftp_login_at: instantOrNull,
  last_sftp_login_at: instantOrNull,
  last_dav_login_at: instantOrNull,
  last_desktop_login_at: instantOrNull,
  lockout_expires: instantOrNull
    .optional()
    .describe('Until when the user is locked out. Only in /users'),
  password_set_at: instantOrNull,
  password_expired: z.boolean(),
  password_expire_at: instantOrNull,
  days_remaining_until_password_expire: z.int().nullable(),
}

export const userObject = apiObject('User', {
  ...serverWritten,
  ...shownSettings,
  ...(Object.fromEntries(
    Object.entries(keptFields).map(([name, schema]) => [name, schema.nullable()]),
  ) as { [Name in KeptField]: z.ZodNullable<(typeof keptFields)[Name]> }),
})

const nothingKept = Object.fromEntries(Object.keys(keptFields).map((name) => [name, null])) as {
  [Name in KeptField]: null
}

const plainView = viewOf<User, typeof plainSettings>(plainSettings)

/** Returns a user as admins and the user themselves see them. @param known what was looked up besides */
export function viewUser(
  { user, site }: Account,
  now: number,
  known: { lockedUntil?: number | null; factors?: string } = {},
): z.infer<typeof userObject> {
  const { lastLogins } = user
  const expiry = passwordExpiresAt({ user, site })
  return {
    ...nothingKept,
    ...settingsOf(user),
    id: user.id,
    site_id: user.siteId,
    type_of_2fa: user.typeOf2fa,
    ...(known.factors !== undefined && { type_of_2fa_for_display: known.factors }),
    active_2fa: methodsOf(user).length > 0,
    externally_managed: user.ssoStrategyId !== null,
    disabled_expired_or_inactive: isDisabled({ user, site }, now) || hasExpired(user, now),
    created_at: new Date(user.createdAt).toISOString(),
    last_login_at: instant(user.lastLoginAt),
    last_web_login_at: instant(lastLogins.web),
    last_restapi_login_at: instant(lastLogins.restapi),
    last_ftp_login_at: instant(lastLogins.ftp),
    last_sftp_login_at: instant(lastLogins.sftp),
    last_dav_login_at: instant(lastLogins.dav),
    last_desktop_login_at: instant(lastLogins.desktop),
    ...(known.lockedUntil !== undefined && { lockout_expires: instant(known.lockedUntil) }),
    password_set_at: instant(user.passwordSetAt),
    password_expired: passwordIsDue({ user, site }, now),
    password_expire_at: instant(expiry),
    days_remaining_until_password_expire:
      expiry === null ? null : Math.max(0, Math.ceil((expiry - now) / DAY)),
  }
}

/** Returns the settings that the audit log compares. */
export function settingsOf(user: User) {
  return {
    ...plainView(user),
    username: user.username,
    email: user.email,
    authentication_method: methodShown(user),
    sso_strategy_id: user.ssoStrategyId,
    allowed_ips: user.allowedIps,
    authenticate_until: instant(user.authenticateUntil),
    password_validity_days: user.passwordValidityDays,
    language: user.language,
    time_zone: user.timeZone,
    ...user.profile,
  }
}

/** Users who log in by password and have none were invited. An imported hash is replaced at the first login. */
function methodShown({
  authenticationMethod: method,
  passwordHash,
}: User): z.infer<typeof authenticationMethod> {
  if (method !== 'password') return method
  if (passwordHash === null) return 'email_signup'
  return isImported(passwordHash) ? 'password_with_imported_hash' : 'password'
}

function instant(milliseconds: number | null | undefined): string | null {
  return milliseconds == null ? null : new Date(milliseconds).toISOString()
}
