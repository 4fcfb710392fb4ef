import * as z from 'zod'
import { type Sealing, sealedKind } from '../crypto/sealer.ts'
import { networkOf } from '../http/ip-address.ts'
import type { RequestFacts } from '../http/request-facts.ts'

/**
 * The location of a device that polls. Sealed, because until the approval it is not known which region it belongs to.
 */
export const sealedPoller = sealedKind(
  'latchkey-pairing-poller+jwt',
  600,
  z.object({ address: z.string().nullable(), place: z.string().nullable(), userAgent: z.string() }),
)

export type Poller = z.infer<(typeof sealedPoller)['content']>

export function sealPoller(ctx: Sealing, request: RequestFacts): Promise<string> {
  const { address, placeName: place, userAgent } = request
  return sealedPoller.seal(ctx, { address, place, userAgent: userAgent.slice(0, 200) })
}

/** The network of an IP address, in the form that approvals compare. */
export function networkNamed(address: string | null): string {
  return address === null ? 'unknown' : networkOf(address)
}
