import { askOutside } from '../http/ask-outside.ts'
import { rootMessage } from '../http/log.ts'
import { Problem, problemWithin } from '../http/problem.ts'
import { SECOND } from '../storage/clock.ts'
import { type OwnHosts, readOutsideAddress } from './issuer-address.ts'

const LIMITS = { milliseconds: 5 * SECOND, bytes: 256 * 1024 }

export type Fetch = (url: string | URL, init?: Sent) => Promise<Response>

interface Sent {
  method?: string
  headers?: Record<string, string> | undefined
  body?: BodyInit | null | undefined
}

/**
 * Returns a `fetch` for URLs that identity providers name: only public addresses, with limits on time and size.
 * @throws {Problem} identity-provider-unavailable; invalid-oauth for an address that is not allowed
 */
export function providerFetch(own: OwnHosts): Fetch {
  return async (address, { method, headers, body } = {}) => {
    const url = readOutsideAddress(String(address), own)
    if (!url) throw ssoRefused('refused', `an address that may not be asked: ${address}`)
    const sent = { ...(method && { method }), ...(headers && { headers }), ...(body && { body }) }
    const reply = await askOutside(url, sent, LIMITS).catch((error) => {
      throw unavailable(`${url.host}: ${rootMessage(error)}`)
    })
    if (reply.status >= 500 || reply.status === 429)
      throw unavailable(`${url.host} answered ${reply.status}`)
    return reply
  }
}

/** Why a login by an identity provider failed, for people and for programs (`data.reason`). */
export type SsoRefusal =
  /** The person or the provider refused. */
  | 'denied'
  /** The login took too long, or did not begin here. */
  | 'expired'
  /** The login began in another browser, or by a program. */
  | 'other-browser'
  | 'used'
  /** The provider's reply is invalid. */
  | 'refused'
  /** No user matches. */
  | 'unknown'
  /** The policy or the groups deny the login. */
  | 'not-allowed'
  /** Groups decide, and the provider did not send them. */
  | 'groups-not-told'

/** @param details for the log */
export function ssoRefused(reason: SsoRefusal, details: string): Problem {
  return new Problem('not-authenticated/invalid-oauth', {
    reason: `${reason}: ${details}`,
    data: { reason },
  })
}

function unavailable(reason: string): Problem {
  return new Problem('service-unavailable/identity-provider-unavailable', {
    reason,
    headers: { 'Retry-After': '10' },
  })
}

/** Turns what a library threw about a provider's reply into a refusal. @throws {Problem} */
export function asRefusal(error: unknown): never {
  throw problemWithin(error) ?? ssoRefused('refused', rootMessage(error))
}
