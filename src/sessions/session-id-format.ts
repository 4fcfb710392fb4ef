export type SessionIdFormat = 'auto' | 'int64' | 'string'

/**
 * Which form of a session's id a client gets. The reference of January 2020 says int64; the official
 * SDKs, the CLI and Cyberduck send `session.id` back as the credential, so they need the string.
 */
export function getsSessionString(format: SessionIdFormat, userAgent: string): boolean {
  if (format !== 'auto') return format === 'string'
  return /^Files\.com .*(SDK|CLI)|Cyberduck|Mountain Duck/i.test(userAgent)
}
