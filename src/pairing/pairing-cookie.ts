import * as z from 'zod'
import type { SealedKind, Sealer } from '../crypto/sealer.ts'
import { forgetCookie, setCookie } from '../http/cookies.ts'
import type { RequestFacts } from '../http/request-facts.ts'

const NAME = '__Host-latchkey-pairing'
const LIFETIME_SECONDS = 600

/** An app's pairing request, which is removed from the URL at once. */
const sealedWish = {
  typ: 'latchkey-pairing-wish+jwt',
  content: z.object({ pairingKey: z.string(), platform: z.string(), computer: z.string() }),
  lifetimeSeconds: LIFETIME_SECONDS,
} satisfies SealedKind<z.ZodType>

export type PairingWish = z.infer<(typeof sealedWish)['content']>

/** The Set-Cookie header that keeps a pairing request while the user logs in. */
export async function pairingCookie(
  sealer: Sealer,
  wish: PairingWish,
  now: number,
): Promise<string> {
  return setCookie(NAME, await sealer.seal(sealedWish, wish, now), LIFETIME_SECONDS)
}

export const noPairingCookie = forgetCookie(NAME)

/** @returns null if there is no cookie, or it has expired */
export async function readPairingCookie(
  sealer: Sealer,
  request: RequestFacts,
  now: number,
): Promise<PairingWish | null> {
  const sealed = request.cookie(NAME)
  return sealed === null ? null : sealer.unseal(sealedWish, sealed, now)
}
