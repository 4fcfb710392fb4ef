import * as z from 'zod'
import { sealedCookie } from '../http/sealed-cookie.ts'

const wish = z.object({ pairingKey: z.string(), platform: z.string(), computer: z.string() })

export type PairingWish = z.infer<typeof wish>

/** An app's pairing request, which is removed from the URL at once and kept while the user logs in. */
export const pairingCookie = sealedCookie('__Host-latchkey-pairing', {
  typ: 'latchkey-pairing-wish+jwt',
  lifetimeSeconds: 600,
  content: wish,
})
