import * as z from 'zod'
import { randomHex } from '../crypto/digests.ts'
import type { Sealing } from '../crypto/sealer.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { sealedCookie } from '../http/sealed-cookie.ts'

/** Identifies a browser and no user, and is no credential: known-callers.ts stores whose it is. */
const cookie = sealedCookie('__Host-latchkey-device', {
  typ: 'latchkey-device+jwt',
  lifetimeSeconds: 90 * 86_400,
  content: z.object({ device: z.string() }),
})

/** A browser that people log in with. */
export interface Device {
  id: string
  /** Whether the browser sent no cookie of ours, so that its id is new. */
  isNew: boolean
}

/** Returns the browser of a request. Its id is sealed, so that nobody can invent devices to guess from. */
export async function deviceOf(ctx: Sealing, request: RequestFacts): Promise<Device> {
  const known = await cookie.read(ctx, request)
  return known ? { id: known.device, isNew: false } : { id: randomHex(16), isNew: true }
}

export function deviceCookie(ctx: Sealing, { id }: Device): Promise<string> {
  return cookie.set(ctx, { device: id })
}
