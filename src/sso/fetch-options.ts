import { allowInsecureRequests, customFetch } from 'oauth4webapi'
import type { Fetch } from './provider-fetch.ts'

/** The fetch options for oauth4webapi. Plain http is possible only on loopback, which `providerFetch` checks. */
export function fetchOptions(fetch: Fetch) {
  return { [customFetch]: fetch, [allowInsecureRequests]: true } as const
}
