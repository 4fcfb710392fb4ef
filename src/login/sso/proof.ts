import * as z from 'zod'
import type { Person } from '../../sso/identity.ts'
import type { Seal, SealedKind, Sealer } from '../../tokens/sealer.ts'

/** Who a provider says a person is, while something is still to be asked of that person. */
const sealedProof = {
  typ: 'latchkey-sso-proof+jwt',
  content: z.object({
    strategy: z.int(),
    /** Where it began and ends. */
    host: z.string(),
    /** The state's `jti` and `exp`, by which it is used once. */
    use: z.object({ jti: z.string(), exp: z.int() }),
    /** The groups that are kept, and whether they make a site admin; null: that is not theirs to say. */
    groups: z.array(z.string()),
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
      authenticatedAt: z.number().nullable(),
      providerSession: z.string().nullable(),
    }) satisfies z.ZodType<Omit<Person, 'groups'>>,
  }),
  lifetimeSeconds: 600,
} satisfies SealedKind<z.ZodType>

export type Proof = z.infer<(typeof sealedProof)['content']>

export function sealProof(sealer: Sealer, proof: Proof, now: number): Promise<string> {
  return sealer.seal(sealedProof, proof, now)
}

/** @returns null for what is none of ours, or has expired. Whether it was used is not asked. */
export function readProof(
  sealer: Sealer,
  text: string,
  now: number,
): Promise<(Proof & Seal) | null> {
  return sealer.unseal(sealedProof, text, now)
}
