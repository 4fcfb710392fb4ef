/** The credentials that a request's headers carry. No cookie counts for the API. */
export interface SentCredentials {
  /** A session string or session token; it wins over a key, and is never fallen back from. */
  session: string | null
  apiKey: string | null
  /** The bearer token alone: an operator's is never taken from elsewhere. */
  bearer: string | null
}

export function sentCredentials(headers: Headers): SentCredentials {
  const authorization = /^(Bearer|Basic) +(.+)$/i.exec(headers.get('Authorization') ?? '')
  const [, scheme, value] = authorization ?? []
  const bearer = scheme?.toLowerCase() === 'bearer' ? (value ?? null) : null
  const basic = scheme?.toLowerCase() === 'basic' ? (value ?? null) : null
  return {
    session: filled(headers.get('X-FilesAPI-Auth')) ?? bearer,
    apiKey: filled(headers.get('X-FilesAPI-Key')) ?? basic,
    bearer,
  }
}

function filled(header: string | null): string | null {
  return header === null || header.trim() === '' ? null : header.trim()
}
