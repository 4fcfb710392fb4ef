import * as z from 'zod'
import type { Seal, SealedKind, Sealer } from '../crypto/sealer.ts'
import { SECOND } from '../storage/clock.ts'
import type { Person } from './identity.ts'

/** Since the provider's answer. */
export const ASSERTION_LIFETIME_SECONDS = 600

/** Who a provider says a person is, while something is still to be asked of that person. */
const sealedAssertion = {
  typ: 'latchkey-sso-proof+jwt',
  content: z.object({
    /** Of the redirect address that the provider answered to. */
    strategy: z.int(),
    origin: z.string(),
    /** The state's `jti`, by which it is used once and has so many tries; `exp`: until when it is good. */
    use: z.object({ jti: z.string(), exp: z.int() }),
    /** The groups that are kept, and whether they make a site admin; null: they do not say. */
    groups: z.array(z.string()),
    /** Else those that were kept before stay. */
    groupsAreAll: z.boolean().default(true),
    isAdmin: z.boolean().nullable(),
    state: z.string().optional(),
    place: z.string().optional(),
    person: z.object({
      issuer: z.string(),
      subject: z.string(),
      email: z.string().nullable(),
      emailIsVerified: z.boolean().nullable(),
      name: z.string().nullable(),
      hasSecondFactor: z.boolean(),
      /** 0 where nobody knows. */
      authenticatedAt: z.number(),
      providerSession: z.string().nullable(),
    }) satisfies z.ZodType<Omit<Person, 'groups' | 'groupsAreAll'>>,
  }),
  lifetimeSeconds: ASSERTION_LIFETIME_SECONDS,
} satisfies SealedKind<z.ZodType>

export type Assertion = z.infer<(typeof sealedAssertion)['content']>

export function sealAssertion(sealer: Sealer, assertion: Assertion, now: number): Promise<string> {
  return sealer.seal(sealedAssertion, assertion, now)
}

/**
 * @returns null for what is none of ours, or has expired, however often it was sealed since the provider's
 *   answer. Whether it was used is not asked.
 */
export async function readAssertion(
  sealer: Sealer,
  text: string,
  now: number,
): Promise<(Assertion & Seal) | null> {
  const assertion = await sealer.unseal(sealedAssertion, text, now)
  return assertion && now < assertion.use.exp * SECOND ? assertion : null
}
