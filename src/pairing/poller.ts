import * as z from 'zod'
import type { SealedKind, Sealer } from '../crypto/sealer.ts'
import { networkOf } from '../http/ip-address.ts'
import type { RequestFacts } from '../http/request-facts.ts'

/** Where the device is that polls. Sealed: until the approval nobody knows whose region it belongs to. */
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

/** @returns null for one of too long ago */
export function unsealPoller(sealer: Sealer, sealed: string, now: number): Promise<Poller | null> {
  return sealer.unseal(sealedPoller, sealed, now)
}

/** The network of an address, by a name that approvals are compared by. */
export function networkNamed(address: string | null): string {
  return address === null ? 'unknown' : networkOf(address)
}
