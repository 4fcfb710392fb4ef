import * as z from 'zod'
import { randomHex } from '../crypto/digests.ts'
import type { SealedKind, Sealer } from '../crypto/sealer.ts'
import { setCookie } from '../http/cookies.ts'
import type { RequestFacts } from '../http/request-facts.ts'

const NAME = '__Host-latchkey-device'
const LIFETIME_SECONDS = 90 * 86_400

/** Identifies a browser and no user: known-callers.ts stores whose it is. */
const sealedDevice = {
  typ: 'latchkey-device+jwt',
  content: z.object({ device: z.string() }),
  lifetimeSeconds: LIFETIME_SECONDS,
} satisfies SealedKind<z.ZodType>

/** A browser that people log in with. */
export interface Device {
  id: string
  /** Whether the browser sent no cookie of ours, so that its id is new. */
  isNew: boolean
}

/** Returns the browser of a request. Its id is sealed, so that nobody can invent devices to guess from. */
export async function deviceOf(
  sealer: Sealer,
  request: RequestFacts,
  now: number,
): Promise<Device> {
  const sealed = request.cookie(NAME)
  const known = sealed === null ? null : await sealer.unseal(sealedDevice, sealed, now)
  return known ? { id: known.device, isNew: false } : { id: randomHex(16), isNew: true }
}

/** The Set-Cookie header that identifies a browser. It is no credential. */
export async function deviceCookie(sealer: Sealer, { id }: Device, now: number): Promise<string> {
  return setCookie(NAME, await sealer.seal(sealedDevice, { device: id }, now), LIFETIME_SECONDS)
}
