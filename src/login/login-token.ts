import * as z from 'zod'
import type { SealedKind, Sealer } from '../crypto/sealer.ts'
import type { LiveSession } from '../sessions/session.ts'
import type { Region } from '../storage/region.ts'

const PREFIX = '@tok-'

/** Logs the user of a session in again, once, at the site's own host. */
const loginToken = {
  typ: 'latchkey-login+jwt',
  content: z.object({ sid: z.int(), region: z.string() }),
  lifetimeSeconds: 120,
} satisfies SealedKind<z.ZodType>

export type LoginToken = NonNullable<Awaited<ReturnType<typeof readLoginToken>>>

export function looksLikeLoginToken(username: string): boolean {
  return username.startsWith(PREFIX)
}

export async function issueLoginToken(
  sealer: Sealer,
  { session }: LiveSession,
  issued: { region: Region; now: number },
): Promise<string> {
  const content = { sid: session.id, region: issued.region.name }
  return PREFIX + (await sealer.seal(loginToken, content, issued.now))
}

/** Returns the content of a login token; null if it is not ours or has expired. Does not check whether it was used. */
export async function readLoginToken(sealer: Sealer, username: string, now: number) {
  return sealer.unseal(loginToken, username.slice(PREFIX.length), now)
}
