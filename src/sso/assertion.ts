import * as z from 'zod'
import { type Seal, type Sealing, sealedKind } from '../crypto/sealer.ts'
import { SECOND } from '../storage/clock.ts'
import type { Person } from './person.ts'

/** Counted from the provider's callback. */
export const ASSERTION_LIFETIME_SECONDS = 600

/** What a provider asserted about a person, sealed while the person still has to do something. */
export const sealedAssertion = sealedKind(
  'latchkey-sso-proof+jwt',
  ASSERTION_LIFETIME_SECONDS,
  z.object({
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
)

export type Assertion = z.infer<(typeof sealedAssertion)['content']>

/** Null if the text is not ours or has expired, however often it was sealed again. It may have been used. */
export async function readAssertion(
  ctx: Sealing,
  text: string,
): Promise<(Assertion & Seal) | null> {
  const assertion = await sealedAssertion.unseal(ctx, text)
  return assertion && ctx.clock() < assertion.use.exp * SECOND ? assertion : null
}
