import { base64url } from 'jose'
import * as z from 'zod'
import { randomBytes, sha256 } from '../crypto/digests.ts'
import type { Seal, SealedKind, Sealer } from '../crypto/sealer.ts'
import { SECOND } from '../storage/clock.ts'

const LIFETIME_SECONDS = 600

/**
 * What a provider hands back unseen (RFC 6749 §4.1.1): which log in this is. Short, as some take 500
 * characters: what is random in it comes from one seed.
 */
const sealedState = {
  typ: 'latchkey-sso+jwt',
  content: z.object({
    /** The redirect address, which is of this strategy and this origin of its site: see redirect-address.ts. */
    strategy: z.int(),
    origin: z.string(),
    seed: z.string(),
    /** The browser that it began in; none where a program began it. */
    browser: z.string().optional(),
    /** The caller's own state. */
    state: z.string().optional(),
    /** The page to go on to. */
    place: z.string().optional(),
    /** The provider was to ask anew who it is. */
    again: z.literal(true).optional(),
    /** A test login, which logs nobody in: the host of the admin who asked for it. */
    testFor: z.string().optional(),
  }),
  lifetimeSeconds: LIFETIME_SECONDS,
} satisfies SealedKind<z.ZodType>

type SsoStateContent = z.infer<(typeof sealedState)['content']>
export type SsoState = SsoStateContent & Seal

/** A state, and what goes to the provider with it: the nonce, and the verifier of which it gets a digest. */
export async function newSsoState(
  sealer: Sealer,
  content: Omit<SsoStateContent, 'seed'>,
  now: number,
): Promise<{ state: string; nonce: string; verifier: string }> {
  const seed = base64url.encode(randomBytes(16))
  const state = await sealer.seal(sealedState, { ...content, seed }, now)
  return { state, ...(await secretsOf({ seed })) }
}

/** @returns null for what is none of ours, or has expired. Whether it was used is not asked. */
export function readSsoState(sealer: Sealer, text: string, now: number): Promise<SsoState | null> {
  return sealer.unseal(sealedState, text, now)
}

/** In milliseconds since the Unix epoch. */
export function begunAt({ exp }: SsoState): number {
  return (exp - LIFETIME_SECONDS) * SECOND
}

/** What the tokens of this login must hold, and proves that it is ours (RFC 7636). */
export async function secretsOf({ seed }: { seed: string }) {
  return { nonce: await sha256(`nonce ${seed}`), verifier: await sha256(`verifier ${seed}`) }
}
