import { base64url } from 'jose'
import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { randomBytes, sha256 } from '../crypto/digests.ts'
import { type Seal, sealedKind } from '../crypto/sealer.ts'
import { SECOND } from '../storage/clock.ts'

const LIFETIME_SECONDS = 600

/**
 * The state of a login, which the provider returns unchanged (RFC 6749 §4.1.1). It is short because some providers
 * accept only 500 characters: one seed replaces all random values.
 */
export const sealedState = sealedKind(
  'latchkey-sso+jwt',
  LIFETIME_SECONDS,
  z.object({
    /** The redirect address, made of the strategy and an origin of its site: see redirectAddress. */
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
)

type SsoStateContent = z.infer<(typeof sealedState)['content']>
export type SsoState = SsoStateContent & Seal

/** Returns a state, with the nonce and the PKCE verifier that follow from it. */
export async function newSsoState(
  ctx: Ctx,
  content: Omit<SsoStateContent, 'seed'>,
): Promise<{ state: string; nonce: string; verifier: string }> {
  const seed = base64url.encode(randomBytes(16))
  const state = await sealedState.seal(ctx, { ...content, seed })
  return { state, ...(await secretsOf({ seed })) }
}

/** In milliseconds since the Unix epoch. */
export function begunAt({ exp }: SsoState): number {
  return (exp - LIFETIME_SECONDS) * SECOND
}

/** Derives the nonce and the PKCE verifier (RFC 7636) from the seed. */
export async function secretsOf({ seed }: { seed: string }) {
  return { nonce: await sha256(`nonce ${seed}`), verifier: await sha256(`verifier ${seed}`) }
}
