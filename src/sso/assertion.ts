import * as z from 'zod'
import { type Seal, type Sealing, sealedKind } from '../crypto/sealer.ts'
import { hasBidiControls } from '../http/bidi.ts'
import { SECOND } from '../storage/clock.ts'
import { readEmailAddress } from '../users/email-address.ts'

/** Counted from the provider's callback. */
export const ASSERTION_LIFETIME_SECONDS = 600

const describedPerson = z.object({
  /** The issuer of the tokens; for plain OAuth 2.0, the origin of the authorization endpoint. */
  issuer: z.string(),
  /** Identifies the person at the issuer; it never changes. */
  subject: z.string(),
  email: z.string().nullable(),
  /** Whether the provider verified the address; null if it did not say. */
  emailIsVerified: z.boolean().nullable(),
  /** The person's name at the provider, for a username. */
  name: z.string().nullable(),
  /** The person used a second factor at the provider. */
  hasSecondFactor: z.boolean(),
  /** When the person authenticated, in milliseconds since the Unix epoch; 0 if unknown. */
  authenticatedAt: z.number(),
  /** The provider's session id, so that its logout can revoke ours. */
  providerSession: z.string().nullable(),
})

/** A person as the provider described them in this login. */
export interface Person extends Omit<z.infer<typeof describedPerson>, 'authenticatedAt'> {
  groups: string[]
  /** Whether the list is complete: see GroupClaims. */
  groupsAreAll: boolean
  /** Null if the provider did not say. */
  authenticatedAt: number | null
}

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
    person: describedPerson,
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

const LONGEST = 255

/** Returns a claim that is text fit to show, compare and store; else null. */
export function textClaim(claim: unknown): string | null {
  const isText = typeof claim === 'string' && claim.isWellFormed() && /^\P{Cc}{1,255}$/u.test(claim)
  return isText && claim.length <= LONGEST && !hasBidiControls(claim) ? claim : null
}

/** Returns a claim that is a deliverable email address; else null. */
export function emailClaim(claim: unknown): string | null {
  const text = textClaim(claim)
  return text === null ? null : readEmailAddress(text)
}

/** Whether a claim is true. Some providers, such as Amazon Cognito, send booleans as text. */
export function isTrueClaim(claim: unknown): boolean {
  return claim === true || claim === 'true'
}
