import { type SQL, sql } from 'drizzle-orm'
import { DAY, HOUR } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import { everyId } from '../storage/slices.ts'
import { sentNotices } from './tables.ts'

/**
 * What a stranger can cause a user to be sent, and how often at most: nobody is bombed with it. It is the user's own:
 * what others are sent, at whatever site and to whatever address, uses none of it up.
 */
const MOST_SENT = {
  reset: { anHour: 3, aDay: 10 },
  lock: { anHour: 1, aDay: 1 },
  welcome: { anHour: 3, aDay: 10 },
  'new-device': { anHour: 1, aDay: 1 },
} as const

export interface Notice {
  id: number
  userId: number
  kind: keyof typeof MOST_SENT
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** The mails of the last day that count towards a limit, in one region. */
export class SentNotices {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /** Counts a mail to a user. False once the user has had its share of the hour or the day. */
  async count(notice: Notice): Promise<boolean> {
    const counted = await this.insertion(notice).run()
    return counted.meta.changes === 1
  }

  /** The statement that counts a mail, if its user has not had its share yet and the condition holds. */
  insertion({ id, userId, kind, at }: Notice, condition: SQL = sql`1`) {
    const sentSince = (since: number) => sql`(SELECT count(*) FROM sent_notices
      WHERE user_id = ${userId} AND kind = ${kind} AND sent_at > ${since})`
    const { anHour, aDay } = MOST_SENT[kind]
    return insertFrom(
      this.#database.primary,
      sentNotices,
      { id, userId, kind, sentAt: at },
      {
        where: sql`${sentSince(at - HOUR)} < ${anHour} AND ${sentSince(at - DAY)} < ${aDay}
          AND ${condition}`,
      },
    )
  }

  /** Forgets up to `limit` counts of mails sent before `before`, of users of a slice; answers how many. */
  async sweep(before: number, limit: number, users = everyId): Promise<number> {
    const swept = await this.#database.primary
      .delete(sentNotices)
      .where(
        sql`(user_id, kind, sent_at, id) IN (SELECT user_id, kind, sent_at, id FROM sent_notices
          WHERE user_id >= ${users.from} AND user_id < ${users.before}
            AND sent_at < ${before} LIMIT ${limit})`,
      )
      .returning({ id: sentNotices.id })
    return swept.length
  }
}

/** Whether a notice was counted, and not held back. */
export function isCounted({ id, userId, kind, at }: Notice): SQL {
  return sql`EXISTS (SELECT 1 FROM sent_notices
    WHERE user_id = ${userId} AND kind = ${kind} AND sent_at = ${at} AND id = ${id})`
}
