import { importToken, type TokenMatcher } from '../crypto/bearer-token.ts'
import { canonicalAddress } from './ip-address.ts'
import { invalidCredentials, invalidParameter } from './problem.ts'
import type { RequestFacts } from './request-facts.ts'

const TOKEN_HEADER = 'X-Latchkey-Service'
const ADDRESS_HEADER = 'X-Latchkey-Client-Address'

/** The tokens of services that may act for clients, such as an SFTP front end. */
type ServiceCredentials = (readonly [service: string, matches: TokenMatcher])[]

/** @throws {TypeError} if a token is not base64url of 32 bytes or more */
export function importServiceTokens(tokens: Record<string, string>): Promise<ServiceCredentials> {
  return Promise.all(
    Object.entries(tokens).map(async ([name, token]) => [name, await importToken(token)] as const),
  )
}

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
  // Compares with every token, whichever matches.
  const matches = await Promise.all(credentials.map(([, matches]) => matches(token)))
  const [service] = credentials.find((_, nth) => matches[nth]) ?? []
  if (service === undefined) throw invalidCredentials("no service's token")
  const stated = headers.get(ADDRESS_HEADER)
  if (stated === null) return { ...facts, service }
  const address = canonicalAddress(stated)
  if (address === null) throw invalidParameter(ADDRESS_HEADER)
  return { ...facts, service, address }
}
