import * as z from 'zod'
import type { Seal, SealedKind, Sealer } from '../crypto/sealer.ts'
import { SECOND } from '../storage/clock.ts'
import type { Person } from './person.ts'

/** Counted from the provider's callback. */
export const ASSERTION_LIFETIME_SECONDS = 600

/** What a provider asserted about a person, sealed while the person still has to do something. */
const sealedAssertion = {
  typ: 'latchkey-sso-proof+jwt',
  content: z.object({
    /** The redirect address that received the callback. */
    strategy: z.int(),
    origin: z.string(),
    /** The state's `jti`, which makes the login single-use and limits its attempts, and `exp`, when it expires. */
    use: z.object({ jti: z.string(), exp: z.int() }),
    /** The groups to store, and whether they make the user a site admin; null if the groups do not decide that. */
    groups: z.array(z.string()),
    /** If false, the stored groups stay. */
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
      /** 0 if unknown. */
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
 * @returns null if the text is not ours or has expired, however often it was sealed again. Does not check whether it
 *   was used.
 */
export async function readAssertion(
  sealer: Sealer,
  text: string,
  now: number,
): Promise<(Assertion & Seal) | null> {
  const assertion = await sealer.unseal(sealedAssertion, text, now)
  return assertion && now < assertion.use.exp * SECOND ? assertion : null
}
