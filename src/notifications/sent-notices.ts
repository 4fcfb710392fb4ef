import { type SQL, sql } from 'drizzle-orm'
import { DAY, HOUR } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import { sentNotices } from './tables.ts'

/**
 * How many emails of a kind strangers can cause for a user. The limit is per user: emails to others, at any site or
 * address, do not count.
 */
const MOST_SENT = {
  reset: { anHour: 3, aDay: 10 },
  lock: { anHour: 1, aDay: 1 },
  welcome: { anHour: 3, aDay: 10 },
  'new-device': { anHour: 1, aDay: 1 },
} as const

interface Notice {
  id: number
  userId: number
  kind: keyof typeof MOST_SENT
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** The emails of the last day that count towards a user's limit, in one region. */
export class SentNotices extends RegionStore {
  /** Counts an email to a user. False if the user's limit for the hour or day is reached. */
  async count(notice: Notice): Promise<boolean> {
    const counted = await this.insertion(notice).run()
    return counted.meta.changes === 1
  }

  /** The statement that counts an email, if the user's limit is not reached and the condition holds. */
  insertion({ id, userId, kind, at }: Notice, condition: SQL = sql`1`) {
    const sentSince = (since: number) => sql`(SELECT count(*) FROM sent_notices
      WHERE user_id = ${userId} AND kind = ${kind} AND sent_at > ${since})`
    const { anHour, aDay } = MOST_SENT[kind]
    return insertFrom(
      this.db,
      sentNotices,
      { id, userId, kind, sentAt: at },
      {
        where: sql`${sentSince(at - HOUR)} < ${anHour} AND ${sentSince(at - DAY)} < ${aDay}
          AND ${condition}`,
      },
    )
  }
}

/** Whether a notice was counted, and so not held back. */
export function isCounted({ id, userId, kind, at }: Notice): SQL {
  return sql`EXISTS (SELECT 1 FROM sent_notices
    WHERE user_id = ${userId} AND kind = ${kind} AND sent_at = ${at} AND id = ${id})`
}
