import { given } from '../http/given.ts'
import { readAddressList } from '../http/ip-address.ts'
import { supportedLanguage } from '../http/languages.ts'
import { readInstant, whyNoInstant } from '../http/local-time.ts'
import { columnsSent } from '../http/plain-settings.ts'
import { type ModelFault, notSaved } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { withoutEchoes } from '../http/whole-objects.ts'
import { isAllowedAtAddress } from '../login/policy.ts'
import {
  allowedMethods,
  hasSecondFactor,
  mustHaveSecondFactor,
} from '../two-factor/second-factor.ts'
import { ACCENT_COLOR } from '../ui/accent.ts'
import type { Account } from '../users/account.ts'
import { readOrigins } from './allowed-origins.ts'
import type { Site } from './site.ts'
import type { SiteChanges } from './site-ledger.ts'
import { readLogo } from './site-logo.ts'
import { plainSettings } from './site-settings.ts'

/** The parameters as they were sent. Undefined keeps a value, an empty text clears it. */
export type SentSite = Record<string, unknown> & {
  allowed_ips?: string | undefined
  allowed_origins?: string | undefined
  language?: string | undefined
  login_help_text?: string | undefined
  require_2fa_stop_time?: string | undefined
  name?: string | undefined
  accent_color?: string | undefined
  logo?: string | undefined
  domain?: string | undefined
  subdomain?: string | undefined
  confirm_sso_stop?: boolean | undefined
  confirm_key_loss?: boolean | undefined
}

type Errors = Record<string, ModelFault[]>

/**
 * Returns the changes that an admin sent, except for host names, which must be claimed.
 * @throws {Problem} model-save-error with everything that is wrong
 */
export async function readSiteChanges(
  { live, request }: { live: Account; request: RequestFacts },
  sent: SentSite,
): Promise<SiteChanges> {
  const errors: Errors = {}
  const plain = columnsSent<Site>(plainSettings, sent)
  const allowedIps = readAllowedIps({ live, request }, sent.allowed_ips, errors)
  const allowedOrigins =
    sent.allowed_origins === undefined ? undefined : readOrigins(sent.allowed_origins)
  if (allowedOrigins === null) errors.allowed_origins = ['origins-malformed']
  if (sent.language && !supportedLanguage(sent.language)) errors.language = ['language-unknown']
  const { require_2fa_stop_time: sentStopTime = '' } = sent
  const stopTime = readInstant(sentStopTime)
  if (Number.isNaN(stopTime)) errors.require_2fa_stop_time = [whyNoInstant(sentStopTime)]
  const stopColumn =
    sent.require_2fa_stop_time === undefined ? {} : { require2faStopTime: stopTime }
  const accentColor = sent.accent_color?.toLowerCase()
  if (accentColor && !ACCENT_COLOR.test(accentColor)) errors.accent_color = ['color-malformed']
  const logo = sent.logo ? await readLogo(sent.logo) : null
  if (sent.logo && !logo) errors.logo = ['logo-unreadable']
  if (isImpossible({ ...live.site, ...plain })) errors.require_2fa = ['second-factor-impossible']
  if (Object.keys(errors).length > 0) throw notSaved(errors)
  const columns = given({
    ...plain,
    allowedIps: allowedIps ?? undefined,
    allowedOrigins: allowedOrigins ?? undefined,
    name: sent.name,
    ...(sent.language !== undefined && { language: sent.language || null }),
    ...(sent.login_help_text !== undefined && { loginHelpText: sent.login_help_text || null }),
    ...stopColumn,
    ...(accentColor !== undefined && { accentColor: accentColor || null }),
  })
  const isOther = sent.logo !== undefined && live.site.logoDigest !== (logo?.digest ?? null)
  return { columns: withoutEchoes(columns, live.site), ...(isOther && { logo }) }
}

/** Whether the admin has no 2FA method and would need one from now on. A session limited to that undoes no rule. */
export function limitsItsAdmin(before: Account, after: Account, at: number): boolean {
  if (hasSecondFactor(after.user)) return false
  return mustHaveSecondFactor(after, at) && !mustHaveSecondFactor(before, at)
}

/** Whether 2FA is required and no 2FA method is allowed. */
function isImpossible(site: Site): boolean {
  return site.require2fa && allowedMethods({ site }).length === 0
}

function readAllowedIps(
  { live, request }: { live: Account; request: RequestFacts },
  sent: string | undefined,
  errors: Errors,
): string | null | undefined {
  const allowedIps = readAddressList(sent)
  if (allowedIps === null) errors.allowed_ips = ['address-list-malformed']
  else if (
    allowedIps &&
    !isAllowedAtAddress({ ...live, site: { ...live.site, allowedIps } }, request.address)
  )
    errors.allowed_ips = ['address-list-excludes-you']
  return allowedIps
}
