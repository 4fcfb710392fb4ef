import { canonicalAddress } from './ip-address.ts'
import { Problem } from './problem.ts'
import type { RequestFacts } from './request-facts.ts'
import type { ServiceCredentials } from './service-credentials.ts'

const TOKEN_HEADER = 'X-Latchkey-Service'
const ADDRESS_HEADER = 'X-Latchkey-Client-Address'

/**
 * The facts of a request as the service that sends it states them: whose token it bears, and for a
 * caller at which address it speaks. Anybody else's word on an address counts for nothing.
 * @throws {Problem} invalid-credentials for a token that is no service's; request-params-invalid
 */
export async function asServiceStates(
  credentials: ServiceCredentials,
  facts: RequestFacts,
  headers: Headers,
): Promise<RequestFacts> {
  const token = headers.get(TOKEN_HEADER)
  if (token === null) return facts
  const service = await credentials.nameOf(token)
  if (service === null)
    throw new Problem('not-authenticated/invalid-credentials', { reason: "no service's token" })
  const stated = headers.get(ADDRESS_HEADER)
  if (stated === null) return { ...facts, service }
  const address = canonicalAddress(stated)
  if (address === null)
    throw new Problem('bad-request/request-params-invalid', { values: { name: ADDRESS_HEADER } })
  return { ...facts, service, address }
}
