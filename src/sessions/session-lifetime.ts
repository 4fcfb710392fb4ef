import { DAY } from '../storage/clock.ts'

/** A session ends after this time however much it is used, and its tokens with it. */
export const SESSION_LIFETIME_MS = 30 * DAY
