import * as z from 'zod'
import {
  clearableLines,
  clearableNameText,
  clearableText,
  integer,
  refused,
} from '../http/check-parameters.ts'
import { optional, type PlainSettings, schemasOf, viewOf } from '../http/plain-settings.ts'
import { invalidParameter, Problem } from '../http/problem.ts'
import type { Site } from './site.ts'

/** Hours of inactivity. At least six minutes, because a use is stored only every five. */
const SHORTEST_EXPIRY = 0.1
/** A month: every session has expired by then. */
const LONGEST_EXPIRY = 720

const flag = z.boolean()
const days = integer().min(0).max(3_650)

/** The settings that admins may change and that are stored as they are sent. docs/settings.md describes each. */
export const plainSettings = {
  session_expiry: {
    column: 'sessionExpiry',
    schema: z
      .number()
      .min(SHORTEST_EXPIRY)
      .max(LONGEST_EXPIRY)
      .describe('Hours of inactivity before a session expires'),
  },
  session_pinned_by_ip: { column: 'sessionPinnedByIp', schema: flag },
  ssl_required: { column: 'sslRequired', schema: flag },
  tls_disabled: { column: 'tlsDisabled', schema: flag },
  use_provided_modified_at: { column: 'useProvidedModifiedAt', schema: flag },
  windows_mode_ftp: { column: 'windowsModeFtp', schema: flag },
  opt_out_global: { column: 'optOutGlobal', schema: flag },
  user_lockout: { column: 'userLockout', schema: flag },
  user_lockout_tries: { column: 'userLockoutTries', schema: integer().min(1).max(100) },
  user_lockout_within: { column: 'userLockoutWithin', schema: integer().min(1).max(24) },
  user_lockout_lock_period: { column: 'userLockoutLockPeriod', schema: integer().min(1).max(168) },
  disable_password_reset: { column: 'disablePasswordReset', schema: flag },
  password_min_length: { column: 'passwordMinLength', schema: integer().min(8).max(128) },
  password_require_letter: { column: 'passwordRequireLetter', schema: flag },
  password_require_mixed: { column: 'passwordRequireMixed', schema: flag },
  password_require_number: { column: 'passwordRequireNumber', schema: flag },
  password_require_special: { column: 'passwordRequireSpecial', schema: flag },
  password_validity_days: { column: 'passwordValidityDays', schema: days },
  max_prior_passwords: { column: 'maxPriorPasswords', schema: integer().min(0).max(24) },
  welcome_email_enabled: { column: 'welcomeEmailEnabled', schema: flag },
  require_2fa: { column: 'require2fa', schema: flag },
  require_2fa_user_type: { column: 'require2faUserType', schema: z.enum(['all', 'site_admins']) },
  allowed_2fa_method_sms: { column: 'allowed2faMethodSms', schema: flag },
  allowed_2fa_method_totp: { column: 'allowed2faMethodTotp', schema: flag },
  allowed_2fa_method_u2f: {
    column: 'allowed2faMethodU2f',
    schema: flag.describe('Security keys by U2F and WebAuthn'),
  },
  allowed_2fa_method_yubi: { column: 'allowed2faMethodYubi', schema: flag },
  desktop_app: { column: 'desktopApp', schema: flag },
  desktop_app_session_ip_pinning: { column: 'desktopAppSessionIpPinning', schema: flag },
  desktop_app_session_lifetime: {
    column: 'desktopAppSessionLifetime',
    schema: integer().min(0).max(87_600).describe('Hours. 0: no limit'),
  },
  api_keys_manage_credentials: {
    column: 'apiKeysManageCredentials',
    schema: flag.describe(
      'Whether API keys can create, change and delete keys, users and settings',
    ),
  },
  disable_users_from_inactivity_period_days: {
    column: 'disableUsersFromInactivityPeriodDays',
    schema: days,
  },
} as const satisfies PlainSettings<Site>

/** The settings whose stored form differs. */
export const spelledSettings = {
  allowed_ips: clearableLines(8_192)
    .optional()
    .describe('IP addresses and networks, one per line. Empty: all allowed'),
  allowed_origins: clearableLines(8_192)
    .optional()
    .describe(
      'Origins that can call the API at the site’s own hosts (CORS), without cookies, such as https://app.example.com. One per line',
    ),
  language: clearableText(35).optional(),
  login_help_text: clearableNameText(1_024).optional(),
  require_2fa_stop_time: clearableText(64).optional().describe('ISO 8601. Empty: no end'),
}

/** The parameters of PATCH /site for settings. */
export const siteSettingParameters = { ...optional(schemasOf(plainSettings)), ...spelledSettings }

export const shownSettings = {
  ...schemasOf(plainSettings),
  allowed_ips: z.string(),
  allowed_origins: z.string(),
  language: z.string().nullable(),
  login_help_text: z.string().nullable(),
  require_2fa_stop_time: z.iso.datetime().nullable(),
}

const plainView = viewOf<Site, typeof plainSettings>(plainSettings)

/** Returns a site's settings as the API shows them. */
export function viewSettings(site: Site): z.infer<z.ZodObject<typeof shownSettings>> {
  const { require2faStopTime: stopTime } = site
  return {
    ...plainView(site),
    allowed_ips: site.allowedIps,
    allowed_origins: site.allowedOrigins,
    language: site.language,
    login_help_text: site.loginHelpText,
    require_2fa_stop_time: stopTime === null ? null : new Date(stopTime).toISOString(),
  }
}

/** Names of settings that the Files.com API knows today beside those of 2020: each setting has both. */
export const laterNames = {
  session_expiry_minutes: integer()
    .min(6)
    .max(43_200)
    .describe('The same as session_expiry, in minutes'),
  allowed_2fa_method_webauthn: z.boolean().describe('The same as allowed_2fa_method_u2f'),
  password_require_unbreached: z
    .boolean()
    .describe('Whether breached passwords are refused. Only the operator can change it'),
}

type Later = { [Name in keyof typeof laterNames]?: z.infer<(typeof laterNames)[Name]> | undefined }

interface First {
  session_expiry?: number | undefined
  allowed_2fa_method_u2f?: boolean | undefined
}

/** @param checksBreaches whether the operator has configured a breach check */
export function viewLaterNames(site: Site, checksBreaches: boolean): Required<Later> {
  return {
    session_expiry_minutes: Math.round(site.sessionExpiry * 60),
    allowed_2fa_method_webauthn: site.allowed2faMethodU2f,
    password_require_unbreached: checksBreaches,
  }
}

/**
 * What was sent, under the first name of each setting.
 * @throws {Problem} request-params-invalid where both names of a setting disagree; insufficient-permission-for-params
 */
export function underFirstNames<Sent extends Later & First & Record<string, unknown>>({
  session_expiry_minutes: minutes,
  allowed_2fa_method_webauthn: webauthn,
  password_require_unbreached: unbreached,
  ...sent
}: Sent): First & Record<string, unknown> {
  if (unbreached !== undefined)
    throw new Problem('not-authorized/insufficient-permission-for-params', {
      values: { name: 'password_require_unbreached' },
    })
  const later: First = {
    ...(minutes !== undefined && { session_expiry: minutes / 60 }),
    ...(webauthn !== undefined && { allowed_2fa_method_u2f: webauthn }),
  }
  const first: First = sent
  for (const name of ['session_expiry', 'allowed_2fa_method_u2f'] as const)
    if (later[name] !== undefined && first[name] !== undefined && later[name] !== first[name])
      throw invalidParameter(name, 'two names of one setting disagree')
  return { ...sent, ...later }
}

/** Settings of the Files.com API that are refused, and why. */
export const refusedSiteSettings = refused({
  'Latchkey serves no files: your file server has the setting': `additional_text_file_types
    admins_bypass_locked_subfolders allowed_file_types always_mkdir_parents as2_message_retention_days
    ask_about_overwrites calculate_file_checksums_crc32 calculate_file_checksums_md5
    calculate_file_checksums_sha1 calculate_file_checksums_sha256 days_to_retain_backups
    folder_permissions_groups_only immutable_files legacy_checksums_mode
    migrate_remote_server_sync_to_sync office_integration_available office_integration_type
    pin_all_remote_servers_to_site_region prevent_root_permissions_for_non_site_admins
    restrict_root_folder_behaviors_to_site_admins root_folder_behaviors_apply_to_workspaces
    username_display`,
  'Latchkey has no share links': `allow_bundle_names bundle_activity_notifications bundle_expiration
    bundle_not_found_message bundle_password_required bundle_recipient_blacklist_domains
    bundle_recipient_blacklist_free_email_domains bundle_registration_notifications
    bundle_require_note bundle_require_registration bundle_require_share_recipient
    bundle_send_one_time_password_to_recipient_at_registration bundle_send_shared_receipts
    bundle_upload_receipt_notifications bundle_watermark_attachment_delete
    bundle_watermark_attachment_file bundle_watermark_value bundles_default_owned_by_primary_group
    document_edits_in_bundle_allowed password_requirements_apply_to_bundles
    require_logout_from_bundles_and_inboxes revoke_bundle_access_on_disable_or_delete
    sharing_enabled show_request_access_link snapshot_sharing_enabled
    uploads_via_email_authentication`,
  'the front end of the protocol has the setting': `active_sftp_host_key_id dav_enabled
    dav_user_root_enabled ftp_enabled motd_text motd_use_for_ftp motd_use_for_sftp
    protocol_access_groups_only sftp_enabled sftp_finalize_partial_uploads sftp_host_key_type
    sftp_insecure_ciphers sftp_insecure_diffie_hellman sftp_user_root_enabled
    users_can_create_ssh_keys`,
  'use a single sign-on strategy instead of LDAP': `ldap_base_dn ldap_domain ldap_enabled
    ldap_group_action ldap_group_exclusion ldap_group_inclusion ldap_host ldap_host_2 ldap_host_3
    ldap_password_change ldap_password_change_confirmation ldap_port ldap_secure ldap_type
    ldap_user_action ldap_user_include_groups ldap_username ldap_username_field`,
  'the operator’s mail server sends all email': `email_footer_custom_text
    include_password_in_welcome_email reply_to_email smtp_address smtp_authentication smtp_from
    smtp_password smtp_port smtp_username use_dedicated_ips_for_smtp
    show_user_notifications_log_in_link welcome_custom_text welcome_email_cc welcome_email_subject`,
  'use accent_color and logo': `color2_left color2_link color2_text
    color2_top color2_top_text icon128 icon128_delete icon128_file icon16 icon16_delete icon16_file
    icon32 icon32_delete icon32_file icon48 icon48_delete icon48_file
    left_navigation_visibility login_page_background_image_delete login_page_background_image_file
    logo_delete logo_file remove_icons site_footer site_header site_public_footer
    site_public_header welcome_screen`,
  'Latchkey has no groups': `group_admins_can_add_users group_admins_can_bypass_user_lifecycle_rules
    group_admins_can_delete_users group_admins_can_enable_disable_users
    group_admins_can_manage_group_memberships group_admins_can_modify_users
    group_admins_can_reset_passwords group_admins_can_set_user_password non_sso_groups_allowed`,
  'Latchkey does not support this 2FA method': `allowed_2fa_method_bypass_for_ftp_sftp_dav
    allowed_2fa_method_email allowed_2fa_method_static`,
  'use require_2fa with require_2fa_user_type and require_2fa_stop_time': `days_until_2fa_required
    disable_2fa_with_delay require_2fa_exempt_all_sso_users`,
  'a user’s own setting always takes precedence': `allow_user_level_2fa_override
    allow_user_level_allowed_ip_override allow_user_level_ssl_override`,
  'use allowed_ips': 'allowed_countries disallowed_countries',
  'use desktop_app': 'mobile_app mobile_app_session_ip_pinning mobile_app_session_lifetime',
  'usernames are unique across all sites': 'custom_namespace',
  'use api_keys_manage_credentials': 'users_can_create_api_keys',
  'admins create users by hand or by single sign-on': `non_sso_users_allowed user_requests_enabled
    user_requests_notify_admins`,
  'each user has a time zone, and the site has none': 'default_time_zone',
  'the platform provides certificates, and HSTS is always sent': `disable_files_certificate_generation
    domain_hsts_header domain_letsencrypt_chain`,
  'a released subdomain does not redirect': 'redirect_old_subdomain',
  'Latchkey has no such features': `ai_feature_availability disable_all_ai_features fedramp
    mcp_dcr_enabled`,
  'Latchkey has no billing': `billing_frequency currency overage_notify paypal_token plan_id
    return_to_url`,
  'each admin has an email address': 'email',
})
