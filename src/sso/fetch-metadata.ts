import { type AuthorizationServer, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'
import { fetchOptions } from './fetch-options.ts'
import type { Fetch } from './provider-fetch.ts'

/** What an issuer says of itself (OpenID Connect Discovery 1.0 §4). @throws what the library throws */
export async function fetchMetadata(issuer: URL, fetch: Fetch): Promise<AuthorizationServer> {
  return processDiscoveryResponse(issuer, await discoveryRequest(issuer, fetchOptions(fetch)))
}
