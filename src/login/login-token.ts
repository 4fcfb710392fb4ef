import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { sealedKind } from '../crypto/sealer.ts'
import type { LiveSession } from '../sessions/session.ts'
import type { Region } from '../storage/region.ts'

const PREFIX = '@tok-'

/** Logs the user of a session in again, once, at the site's own host. */
const loginToken = sealedKind(
  'latchkey-login+jwt',
  120,
  z.object({ sid: z.int(), region: z.string() }),
)

export type LoginToken = NonNullable<Awaited<ReturnType<typeof readLoginToken>>>

export function looksLikeLoginToken(username: string): boolean {
  return username.startsWith(PREFIX)
}

export async function issueLoginToken(
  ctx: Ctx,
  { session }: LiveSession,
  region: Region,
): Promise<string> {
  return PREFIX + (await loginToken.seal(ctx, { sid: session.id, region: region.name }))
}

/** Returns the content of a login token; null if it is not ours or has expired. Does not check whether it was used. */
export function readLoginToken(ctx: Ctx, username: string) {
  return loginToken.unseal(ctx, username.slice(PREFIX.length))
}
