import * as z from 'zod'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { SealedKind, Sealer } from '../tokens/sealer.ts'

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

/** @returns null where nobody has polled, or too long ago */
export async function unsealPoller(
  sealer: Sealer,
  sealed: string | null,
  now: number,
): Promise<Poller | null> {
  return sealed === null ? null : sealer.unseal(sealedPoller, sealed, now)
}
