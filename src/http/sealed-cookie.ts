import type * as z from 'zod'
import { type Sealing, sealedKind } from '../crypto/sealer.ts'
import { forgetCookie, type HostCookie, setCookie } from './cookies.ts'
import type { RequestFacts } from './request-facts.ts'

/** Declares a cookie whose content is sealed. `set` and `forget` are Set-Cookie headers. */
export function sealedCookie<Content extends z.ZodType<Record<string, unknown>>>(
  name: HostCookie,
  { typ, lifetimeSeconds, content }: { typ: string; lifetimeSeconds: number; content: Content },
) {
  const kind = sealedKind(typ, lifetimeSeconds, content)
  return {
    set: async (ctx: Sealing, sealed: z.infer<Content>) =>
      setCookie(name, await kind.seal(ctx, sealed), lifetimeSeconds),
    forget: forgetCookie(name),
    isSent: (request: RequestFacts) => request.cookie(name) !== null,
    /** Null if it was not sent, or has expired. */
    read: async (ctx: Sealing, request: RequestFacts) => {
      const sealed = request.cookie(name)
      return sealed === null ? null : kind.unseal(ctx, sealed)
    },
  }
}
