import { cookieNamed } from '../http/cookies.ts'
import { readOrNull } from '../http/read-or-null.ts'
import { SESSION_COOKIE } from '../sessions/session-cookie.ts'

/** The credentials that a request carries. */
export interface SentCredentials {
  /**
   * A session string or session token. It takes precedence over a key, and a wrong one does not fall back to the key.
   */
  session: string | null
  apiKey: SentApiKey | null
  /** The bearer token, the only place for an operator's token. */
  bearer: string | null
  /** Whether the session came in the cookie, which browsers send by themselves. */
  byCookie: boolean
}

export interface SentApiKey {
  text: string
  /** The key id that was named as `@api-ID`; null if none was. */
  id: string | null
}

export function sentCredentials(headers: Headers): SentCredentials {
  const authorization = /^(Bearer|Basic) +(.+)$/i.exec(headers.get('Authorization') ?? '')
  const [, scheme, value = ''] = authorization ?? []
  const bearer = scheme?.toLowerCase() === 'bearer' ? value : null
  const session = filled(headers.get('X-FilesAPI-Auth')) ?? bearer
  const apiKey =
    keyAlone(filled(headers.get('X-FilesAPI-Key'))) ??
    (scheme?.toLowerCase() === 'basic' ? keyInBasic(value) : null)
  const cookie = session === null && apiKey === null ? cookieNamed(headers, SESSION_COOKIE) : null
  return { session: session ?? cookie, apiKey, bearer, byCookie: cookie !== null }
}

function keyAlone(text: string | null): SentApiKey | null {
  return text === null ? null : { text, id: null }
}

/** Reads a key sent as the username, or as the password with `@api-ID` as the username (RFC 7617). */
function keyInBasic(encoded: string): SentApiKey {
  // A text that is not base64 becomes a key that matches nobody's.
  const [username = '', ...password] = (readOrNull(() => atob(encoded)) ?? '').split(':')
  const [, id] = /^@api-(\d{1,16})$/.exec(username) ?? []
  return id === undefined ? { text: username, id: null } : { text: password.join(':'), id }
}

function filled(value: string | null): string | null {
  return value === null || value.trim() === '' ? null : value.trim()
}
