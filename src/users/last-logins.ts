import type { RequestFacts } from '../http/request-facts.ts'

/** The login interfaces that the Files.com API distinguishes. */
export const loginInterfaces = ['web', 'restapi', 'ftp', 'sftp', 'dav', 'desktop'] as const

export type LoginInterface = (typeof loginInterfaces)[number]

/** In milliseconds since the Unix epoch. */
export type LastLogins = Partial<Record<LoginInterface, number>>

/**
 * Returns the interface of a login: the protocol of a front end that speaks for the client and is named after it,
 * such as `sftp-eu`; a browser; or a program.
 */
export function loginInterface({
  service,
  userAgent,
}: Pick<RequestFacts, 'service' | 'userAgent'>): LoginInterface {
  const ofService = loginInterfaces.find((name) => name === service?.split('-')[0])
  if (ofService) return ofService
  return userAgent.startsWith('Mozilla/') ? 'web' : 'restapi'
}
