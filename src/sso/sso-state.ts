import { base64url } from 'jose'
import * as z from 'zod'
import { randomBytes, sha256 } from '../crypto/digests.ts'
import type { Seal, SealedKind, Sealer } from '../crypto/sealer.ts'
import { SECOND } from '../storage/clock.ts'

const LIFETIME_SECONDS = 600

/**
 * The state of a login, which the provider returns unchanged (RFC 6749 §4.1.1). It is short because some providers
 * accept only 500 characters: one seed replaces all random values.
 */
const sealedState = {
  typ: 'latchkey-sso+jwt',
  content: z.object({
    /** The redirect address, made of the strategy and an origin of its site: see redirect-address.ts. */
    strategy: z.int(),
    origin: z.string(),
    seed: z.string(),
    /** The browser that started the login; absent if a program did. */
    browser: z.string().optional(),
    /** The caller's own state. */
    state: z.string().optional(),
    /** The page to open after the login. */
    place: z.string().optional(),
    /** The provider must authenticate the person again. */
    again: z.literal(true).optional(),
    /** For a test login, which logs nobody in: the host of the admin's page. */
    testFor: z.string().optional(),
  }),
  lifetimeSeconds: LIFETIME_SECONDS,
} satisfies SealedKind<z.ZodType>

type SsoStateContent = z.infer<(typeof sealedState)['content']>
export type SsoState = SsoStateContent & Seal

/** Returns a state, with the nonce and the PKCE verifier that follow from it. */
export async function newSsoState(
  sealer: Sealer,
  content: Omit<SsoStateContent, 'seed'>,
  now: number,
): Promise<{ state: string; nonce: string; verifier: string }> {
  const seed = base64url.encode(randomBytes(16))
  const state = await sealer.seal(sealedState, { ...content, seed }, now)
  return { state, ...(await secretsOf({ seed })) }
}

/** @returns null if the text is not ours or has expired. Does not check whether it was used. */
export function readSsoState(sealer: Sealer, text: string, now: number): Promise<SsoState | null> {
  return sealer.unseal(sealedState, text, now)
}

/** In milliseconds since the Unix epoch. */
export function begunAt({ exp }: SsoState): number {
  return (exp - LIFETIME_SECONDS) * SECOND
}

/** Derives the nonce and the PKCE verifier (RFC 7636) from the seed. */
export async function secretsOf({ seed }: { seed: string }) {
  return { nonce: await sha256(`nonce ${seed}`), verifier: await sha256(`verifier ${seed}`) }
}
