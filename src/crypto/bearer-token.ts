import { base64url } from 'jose'
import { constantTimeEqual, sha256 } from './digests.ts'

const LEAST_BYTES = 32
const encoder = new TextEncoder()

/** Whether a presented text is a certain bearer token. */
export type TokenMatcher = (presented: string) => Promise<boolean>

/**
 * Imports a bearer token. Only its digest is compared, so that a comparison takes the same time for every guess.
 * @throws {TypeError} if the token is not base64url of 32 bytes or more
 */
export async function importToken(token: string): Promise<TokenMatcher> {
  if (base64url.decode(token).length < LEAST_BYTES)
    throw new TypeError(`a token needs ${LEAST_BYTES} bytes or more`)
  const digestOf = async (text: string) => encoder.encode(await sha256(text))
  const digest = await digestOf(token)
  return async (presented) => constantTimeEqual(await digestOf(presented), digest)
}
