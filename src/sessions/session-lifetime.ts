import { DAY } from '../storage/clock.ts'

/** A session and its tokens expire after this time, however much they are used. */
export const SESSION_LIFETIME_MS = 30 * DAY
