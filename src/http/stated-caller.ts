import { canonicalAddress } from './ip-address.ts'
import { Problem } from './problem.ts'
import type { RequestFacts } from './request-facts.ts'
import type { ServiceCredentials } from './service-credentials.ts'

const TOKEN_HEADER = 'X-Latchkey-Service'
const ADDRESS_HEADER = 'X-Latchkey-Client-Address'

/**
 * Returns a request's facts as stated by a service that acts for a client: the service's name from its token, and the
 * client's IP address. Nobody else can state an IP address.
 * @throws {Problem} invalid-credentials for an unknown token; request-params-invalid
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
