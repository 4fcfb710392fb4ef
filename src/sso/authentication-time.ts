import { SECOND } from '../storage/clock.ts'
import { CLOCK_TOLERANCE_SECONDS } from './provider-client.ts'
import { ssoRefused } from './provider-fetch.ts'
import type { Provider } from './providers.ts'
import { begunAt, type SsoState } from './sso-state.ts'

/**
 * When a person authenticated at the provider, in milliseconds since the Unix epoch; 0 if unknown. If the login asked
 * for reauthentication, providers that send `auth_time` must show a time since then; the others are trusted.
 * @throws {Problem} invalid-oauth if the provider did not reauthenticate the person
 */
export function authenticationTime(
  state: SsoState,
  { tellsWhen }: Pick<Provider, 'tellsWhen'>,
  authTime: number | null,
): number {
  if (!state.again) return authTime ?? 0
  const earliest = begunAt(state)
  const isSince =
    authTime === null ? !tellsWhen : authTime >= earliest - CLOCK_TOLERANCE_SECONDS * SECOND
  if (!isSince) throw ssoRefused('refused', `asked anew, but auth_time is ${authTime}`)
  return authTime ?? earliest
}
