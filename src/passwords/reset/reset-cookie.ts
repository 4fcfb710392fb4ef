import * as z from 'zod'
import { sealedCookie } from '../../http/sealed-cookie.ts'
import { SECOND } from '../../storage/clock.ts'
import { RESET_CODE_LIFETIME_MS } from './reset-code.ts'

/** The code of the emailed link that was opened last, which is removed from the URL at once. */
export const resetCookie = sealedCookie('__Host-latchkey-reset', {
  typ: 'latchkey-reset-link+jwt',
  lifetimeSeconds: RESET_CODE_LIFETIME_MS / SECOND,
  content: z.object({ code: z.string() }),
})
