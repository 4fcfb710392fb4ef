import * as z from 'zod'
import { clearableLines, clearableText, integer, refused } from '../http/check-parameters.ts'
import { given } from '../http/given.ts'
import { readAddressList } from '../http/ip-address.ts'
import { supportedLanguage } from '../http/languages.ts'
import { readInstant, whyNoInstant } from '../http/local-time.ts'
import { columnsSent, optional, type PlainSettings, schemasOf } from '../http/plain-settings.ts'
import { type ModelFault, notSaved } from '../http/problem.ts'
import { timeZoneNamed } from '../http/time-zones.ts'
import type { User } from './account.ts'
import { readEmailAddress } from './email-address.ts'
import { type KeptField, keptFields, type Profile } from './kept-fields.ts'
import { comparableName, looksLikeAddress } from './username.ts'

export const rule = z.enum(['use_system_setting', 'always_require', 'never_require'])
export const authenticationMethod = z.enum([
  'password',
  'sso',
  'none',
  'email_signup',
  'password_with_imported_hash',
])
const flag = z.boolean()

/** The settings that Latchkey acts on and that are stored as they are sent. docs/settings.md describes each. */
export const plainSettings = {
  bypass_site_allowed_ips: { column: 'bypassSiteAllowedIps', schema: flag },
  restapi_permission: {
    column: 'restapiPermission',
    schema: flag.describe('False: only front ends of other protocols can log the user in'),
  },
  ftp_permission: { column: 'ftpPermission', schema: flag },
  sftp_permission: { column: 'sftpPermission', schema: flag },
  dav_permission: { column: 'davPermission', schema: flag },
  disabled: { column: 'disabled', schema: flag },
  require_password_change: { column: 'requirePasswordChange', schema: flag },
  self_managed: { column: 'selfManaged', schema: flag },
  site_admin: { column: 'siteAdmin', schema: flag },
  readonly_site_admin: {
    column: 'readonlySiteAdmin',
    schema: flag.describe('Can view what a site admin can view, and change none of it'),
  },
  read_only: {
    column: 'readOnly',
    schema: flag.describe('Can view everything they have access to, and change nothing'),
  },
  user_root: { column: 'rootPath', schema: clearableText(2_048) },
  ssl_required: { column: 'sslRequired', schema: rule },
  require_2fa: { column: 'require2fa', schema: rule },
} as const satisfies PlainSettings<User>

/** The settings whose stored form differs from what is sent. */
const spelledSettings = {
  email: clearableText(254).optional(),
  authentication_method: authenticationMethod
    .optional()
    .describe(
      'email_signup invites a new user by email. password_with_imported_hash needs imported_password_hash. ' +
        'Both become password once the user has chosen or used one',
    ),
  sso_strategy_id: integer().optional().describe('0 for none'),
  allowed_ips: clearableLines(8_192).optional().describe('IP addresses and networks, one per line'),
  authenticate_until: clearableText(64).optional().describe('ISO 8601. Empty: no end'),
  password_validity_days: integer()
    .min(-1)
    .max(3_650)
    .optional()
    .describe('0: never. -1: as the site'),
  language: clearableText(35).optional(),
  time_zone: clearableText(64)
    .optional()
    .describe('Such as Europe/Berlin, Berlin or Pacific Time (US & Canada)'),
}

/** The settings that Latchkey acts on and admins can change. */
export const actingSettings = { ...optional(schemasOf(plainSettings)), ...spelledSettings }

export const userSettings = { ...actingSettings, ...optional(keptFields) }

/** The settings that users can change for themselves. */
export const OWN_SETTINGS = ['language', 'time_zone']

type Sent = { [Name in keyof typeof userSettings]?: z.infer<(typeof userSettings)[Name]> }

/** `profile` has only the values that change. */
export type UserChanges = Partial<Omit<User, 'id' | 'siteId' | 'username' | 'usernameKey'>>

/**
 * Returns what was sent in its stored form. What is not sent stays.
 * @param user the present user; null for a new one
 * @throws {Problem} model-save-error with everything that is wrong
 */
export function readUserSettings(sent: Sent, user: User | null): UserChanges {
  const errors: Record<string, ModelFault[]> = {}
  const allowedIps = readAddressList(sent.allowed_ips)
  if (allowedIps === null) errors.allowed_ips = ['address-list-malformed']
  const { authenticate_until: sentUntil = '' } = sent
  const until = readInstant(sentUntil)
  if (Number.isNaN(until)) errors.authenticate_until = [whyNoInstant(sentUntil)]
  const email = sent.email ? readEmailAddress(sent.email) : ''
  if (email === null) errors.email = ['email-malformed']
  if (sent.language && !supportedLanguage(sent.language)) errors.language = ['language-unknown']
  if (sent.time_zone && timeZoneNamed(sent.time_zone) === null)
    errors.time_zone = ['time-zone-unknown']
  if (losesName(sent, user)) errors.email = ['username-is-foreign-address']
  if (Object.keys(errors).length > 0) throw notSaved(errors)
  return given({
    ...columnsSent<User>(plainSettings, sent),
    authenticationMethod: methodMeant(sent.authentication_method),
    ssoStrategyId: sent.sso_strategy_id === 0 ? null : sent.sso_strategy_id,
    allowedIps: allowedIps ?? undefined,
    ...(sent.authenticate_until !== undefined && { authenticateUntil: until }),
    passwordValidityDays: sent.password_validity_days === -1 ? null : sent.password_validity_days,
    ...(sent.language !== undefined && { language: sent.language || null }),
    ...(sent.time_zone !== undefined && { timeZone: sent.time_zone || null }),
    ...(sent.email !== undefined && email !== null && addressOf(email, user)),
    profile: keptChanges(sent, user),
  })
}

/** Users who are invited, or have an imported hash, log in by password. */
function methodMeant(
  method: Sent['authentication_method'],
): User['authenticationMethod'] | undefined {
  return method === 'email_signup' || method === 'password_with_imported_hash' ? 'password' : method
}

/** The kept fields that are sent with another value; undefined if there are none. */
function keptChanges(sent: Sent, user: User | null): Profile | undefined {
  const names = Object.keys(keptFields) as KeptField[]
  const changes = names
    .filter(
      (name) =>
        sent[name] !== undefined && sent[name] !== (user ? (user.profile[name] ?? '') : undefined),
    )
    .map((name) => [name, sent[name]])
  return changes.length > 0 ? Object.fromEntries(changes) : undefined
}

/** An address that somebody else enters is not verified. */
function addressOf(email: string, user: User | null) {
  if (email === '') return { email: null, emailKey: null, verifiedEmailKey: null }
  const emailKey = comparableName(email)
  // A row may have the former key: see formerName.
  const isSame = user?.emailKey != null && comparableName(user.emailKey) === emailKey
  return isSame ? { email } : { email, emailKey, verifiedEmailKey: null }
}

/** A user whose username is their address keeps that name. */
function losesName({ email }: Sent, user: User | null): boolean {
  return (
    email !== undefined &&
    user !== null &&
    looksLikeAddress(user.usernameKey) &&
    comparableName(email) !== comparableName(user.username)
  )
}

/** Settings of users in the Files.com API that are refused, and why. */
export const refusedUserSettings = refused({
  'Latchkey stores no pictures of users': 'avatar_delete avatar_file',
  'Latchkey has no billing': 'billing_permission',
  'Latchkey has no groups': 'group_id group_ids',
  'Latchkey has no workspaces': 'workspace_id workspace_admin',
  'Latchkey has no partners':
    'partner_admin partner_id responsible_group_id responsible_user_id convert_to_partner_user',
  'use disable_users_from_inactivity_period_days of the site':
    'bypass_inactive_disable bypass_user_lifecycle_rules require_login_by',
  'use POST /users/:id/2fa/reset': 'clear_2fa',
  'Latchkey has no such features':
    'ai_assistant_personality_id desktop_configuration_profile_id integration_centric_profile_id',
})

export const refusedUserFilters = refused({
  'a site has no parent site': 'include_parent_site_users',
})
