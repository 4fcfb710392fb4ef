import { SECOND } from '../storage/clock.ts'
import { CLOCK_TOLERANCE_SECONDS } from './provider-client.ts'
import { ssoRefused } from './provider-fetch.ts'
import type { Provider } from './providers.ts'
import { begunAt, type SsoState } from './sso-state.ts'

/**
 * When a person proved who it is, in milliseconds since the Unix epoch; 0 where nobody knows. Where the
 * provider was to ask anew, not before that: those who say when must say so, of the others it is believed.
 * @throws {Problem} invalid-oauth where it did not ask
 */
export function authenticationTime(
  state: SsoState,
  { tellsWhen }: Pick<Provider, 'tellsWhen'>,
  told: number | null,
): number {
  if (!state.again) return told ?? 0
  const earliest = begunAt(state)
  const isSince = told === null ? !tellsWhen : told >= earliest - CLOCK_TOLERANCE_SECONDS * SECOND
  if (!isSince) throw ssoRefused('refused', `asked anew, but auth_time is ${told}`)
  return told ?? earliest
}
