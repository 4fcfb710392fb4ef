import * as z from 'zod'
import { sealedCookie } from '../http/sealed-cookie.ts'

const pairing = z.object({ pairingKey: z.string(), platform: z.string(), computer: z.string() })

export type Pairing = z.infer<typeof pairing>

/** An app's pairing request, which is removed from the URL at once and kept while the user logs in. */
export const pairingCookie = sealedCookie('__Host-latchkey-pairing', {
  typ: 'latchkey-pairing-wish+jwt',
  lifetimeSeconds: 600,
  content: pairing,
})
