import * as z from 'zod'
import type { Seal, SealedKind, Sealer } from '../crypto/sealer.ts'
import { originNamed } from '../sites/site.ts'
import { HOUR, SECOND } from '../storage/clock.ts'

/** That an admin asked for a test login. It is no secret: it logs nobody in, and reads nothing. */
const sealedTicket = {
  typ: 'latchkey-sso-test+jwt',
  content: z.object({
    strategy: z.int(),
    /** What is stored of the host that is tried. */
    origin: z.string(),
    /** The host of the admin's page. */
    testFor: z.string(),
  }),
  lifetimeSeconds: HOUR / SECOND,
} satisfies SealedKind<z.ZodType>

export type TestTicket = z.infer<(typeof sealedTicket)['content']>

/** The link to a test login, for the browser of whoever makes it. @param now milliseconds since the Unix epoch */
export async function testLoginAddress(
  { sealer, globalOrigin }: { sealer: Sealer; globalOrigin: URL },
  ticket: TestTicket,
  now: number,
): Promise<string> {
  const url = new URL('/login/sso', originNamed(ticket.origin, globalOrigin))
  url.searchParams.set('strategy', String(ticket.strategy))
  url.searchParams.set('test', await sealer.seal(sealedTicket, ticket, now))
  return url.href
}

/** @returns null for what is none of ours, or has expired */
export function readTestTicket(
  sealer: Sealer,
  text: string,
  now: number,
): Promise<(TestTicket & Seal) | null> {
  return sealer.unseal(sealedTicket, text, now)
}
