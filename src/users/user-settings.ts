import * as z from 'zod'
import { clearableLines, clearableText, integer } from '../http/check-parameters.ts'
import { readInstant, whyNoInstant } from '../http/instant.ts'
import { readAddressList } from '../http/ip-address.ts'
import { supportedLanguage } from '../http/languages.ts'
import { isTimeZone } from '../http/local-time.ts'
import { Problem } from '../http/problem.ts'
import type { ModelFault } from '../http/problem-types.ts'
import type { User } from './account.ts'
import { readEmailAddress } from './email-address.ts'
import { authenticationMethod, rule } from './user-view.ts'
import { comparableName, looksLikeAddress } from './username.ts'

/** What an admin may set of a user, as the API calls it. */
export const userSettings = {
  email: clearableText(254).optional(),
  authentication_method: authenticationMethod.optional(),
  sso_strategy_id: integer().optional().describe('0 for none'),
  allowed_ips: clearableLines(8_192).optional().describe('Addresses and networks, one a line'),
  bypass_site_allowed_ips: z.boolean().optional(),
  authenticate_until: clearableText(64).optional().describe('ISO 8601; empty for ever'),
  restapi_permission: z
    .boolean()
    .optional()
    .describe('False for a user of other protocols only, whose front ends speak for it'),
  disabled: z.boolean().optional(),
  password_validity_days: integer()
    .min(-1)
    .max(3_650)
    .optional()
    .describe('0 is never; -1 is what the site says'),
  require_password_change: z.boolean().optional(),
  self_managed: z.boolean().optional(),
  site_admin: z.boolean().optional(),
  read_only: z.boolean().optional().describe('May look, and change nothing'),
  language: clearableText(35).optional(),
  time_zone: clearableText(64).optional().describe('Such as Europe/Berlin'),
  user_root: clearableText(2_048).optional(),
  ssl_required: rule.optional(),
  require_2fa: rule.optional(),
}

/** What a user may set of itself. */
export const OWN_SETTINGS = ['language', 'time_zone']

type Sent = { [Name in keyof typeof userSettings]?: z.infer<(typeof userSettings)[Name]> }

export type UserChanges = Partial<Omit<User, 'id' | 'siteId' | 'username' | 'usernameKey'>>

/**
 * What was sent, as it is kept; what is not sent stays.
 * @param user as it is; null for one that is made
 * @throws {Problem} model-save-error with all that is wrong
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
  if (sent.time_zone && !isTimeZone(sent.time_zone)) errors.time_zone = ['time-zone-unknown']
  if (losesName(sent, user)) errors.email = ['username-is-foreign-address']
  if (Object.keys(errors).length > 0)
    throw new Problem('processing-failure/model-save-error', { modelErrors: errors })
  const changes = {
    authenticationMethod: sent.authentication_method,
    ssoStrategyId: sent.sso_strategy_id === 0 ? null : sent.sso_strategy_id,
    allowedIps,
    bypassSiteAllowedIps: sent.bypass_site_allowed_ips,
    ...(sent.authenticate_until !== undefined && { authenticateUntil: until }),
    restapiPermission: sent.restapi_permission,
    disabled: sent.disabled,
    passwordValidityDays: sent.password_validity_days === -1 ? null : sent.password_validity_days,
    requirePasswordChange: sent.require_password_change,
    selfManaged: sent.self_managed,
    siteAdmin: sent.site_admin,
    readOnly: sent.read_only,
    ...(sent.language !== undefined && { language: sent.language || null }),
    ...(sent.time_zone !== undefined && { timeZone: sent.time_zone || null }),
    rootPath: sent.user_root,
    sslRequired: sent.ssl_required,
    require2fa: sent.require_2fa,
    ...(sent.email !== undefined && email !== null && addressOf(email, user)),
  }
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as UserChanges
}

/** An address that somebody else writes down is not known to be the user's. */
function addressOf(email: string, user: User | null) {
  if (email === '') return { email: null, emailKey: null, verifiedEmailKey: null }
  const emailKey = comparableName(email)
  // A row may have the key of before: see formerName.
  const isSame = user?.emailKey != null && comparableName(user.emailKey) === emailKey
  return isSame ? { email } : { email, emailKey, verifiedEmailKey: null }
}

/** Who is called by its address keeps it. */
function losesName({ email }: Sent, user: User | null): boolean {
  return (
    email !== undefined &&
    user !== null &&
    looksLikeAddress(user.usernameKey) &&
    comparableName(email) !== comparableName(user.username)
  )
}
