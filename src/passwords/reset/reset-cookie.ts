import * as z from 'zod'
import type { SealedKind, Sealer } from '../../crypto/sealer.ts'
import { forgetCookie, setCookie } from '../../http/cookies.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import { SECOND } from '../../storage/clock.ts'
import { RESET_CODE_LIFETIME_MS } from './reset-code.ts'

const NAME = '__Host-latchkey-reset'
const LIFETIME_SECONDS = RESET_CODE_LIFETIME_MS / SECOND

/** The code of an emailed link, which is removed from the URL at once. */
const sealedLink = {
  typ: 'latchkey-reset-link+jwt',
  content: z.object({ code: z.string() }),
  lifetimeSeconds: LIFETIME_SECONDS,
} satisfies SealedKind<z.ZodType>

/** The Set-Cookie header with the code of the link that was opened last. */
export async function resetCookie(sealer: Sealer, code: string, now: number): Promise<string> {
  return setCookie(NAME, await sealer.seal(sealedLink, { code }, now), LIFETIME_SECONDS)
}

export const noResetCookie = forgetCookie(NAME)

export function hasResetCookie(request: RequestFacts): boolean {
  return request.cookie(NAME) !== null
}

/** @returns null if there is no cookie, or it has expired */
export async function readResetCookie(
  sealer: Sealer,
  request: RequestFacts,
  now: number,
): Promise<string | null> {
  const sealed = request.cookie(NAME)
  const link = sealed === null ? null : await sealer.unseal(sealedLink, sealed, now)
  return link === null ? null : link.code
}
