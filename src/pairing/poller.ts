import * as z from 'zod'
import type { SealedKind, Sealer } from '../crypto/sealer.ts'
import { networkOf } from '../http/ip-address.ts'
import type { RequestFacts } from '../http/request-facts.ts'

/**
 * The location of a device that polls. Sealed, because until the approval it is not known which region it belongs to.
 */
const sealedPoller = {
  typ: 'latchkey-pairing-poller+jwt',
  content: z.object({
    address: z.string().nullable(),
    place: z.string().nullable(),
    userAgent: z.string(),
  }),
  lifetimeSeconds: 600,
} satisfies SealedKind<z.ZodType>

export type Poller = z.infer<(typeof sealedPoller)['content']>

export function sealPoller(sealer: Sealer, request: RequestFacts, now: number): Promise<string> {
  const { address, placeName: place, userAgent } = request
  return sealer.seal(sealedPoller, { address, place, userAgent: userAgent.slice(0, 200) }, now)
}

/** @returns null if it has expired */
export function unsealPoller(sealer: Sealer, sealed: string, now: number): Promise<Poller | null> {
  return sealer.unseal(sealedPoller, sealed, now)
}

/** The network of an IP address, in the form that approvals compare. */
export function networkNamed(address: string | null): string {
  return address === null ? 'unknown' : networkOf(address)
}
