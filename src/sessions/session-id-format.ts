import type { RequestFacts } from '../http/request-facts.ts'

export type SessionIdFormat = 'auto' | 'int64' | 'string'

/** Tools that people use by hand, by the start of their User-Agent. SDKs built on libcurl name it further on. */
const DRIVEN_BY_HAND = /^(curl|wget2?|httpie|postman(runtime)?|insomnia|bruno)\b/i

const ASKED = /application\/json[^,]*;\s*id="?(int64|string)"?\s*(?=[;,]|$)/i

/**
 * Whether a request gets a session's id as the string that is the credential. Every published client needs the
 * string, and they name themselves in too many ways to list. Tools that people use by hand, and callers that ask for
 * it in `Accept`, get the integer of the reference of January 2020.
 */
export function getsSessionString(
  format: SessionIdFormat,
  { accept, userAgent }: Pick<RequestFacts, 'accept' | 'userAgent'>,
): boolean {
  const requested = ASKED.exec(accept)?.[1]?.toLowerCase()
  if (requested !== undefined) return requested === 'string'
  return format === 'auto' ? !DRIVEN_BY_HAND.test(userAgent) : format === 'string'
}

/** The request headers that decide about the form of the id. */
export const VARIES_BY_CLIENT = 'User-Agent, Accept'
