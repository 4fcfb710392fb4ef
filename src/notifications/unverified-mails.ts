import { type SQL, sql } from 'drizzle-orm'
import { batch } from '../storage/batch.ts'
import { DAY, HOUR } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { MailBudget } from './compose-mail.ts'
import { unverifiedMails } from './tables.ts'

/** From one site to one address, for each kind, because whoever creates users can create many with one address. */
const MOST_TO_ADDRESS = { anHour: 20, aDay: 50 } as const

/** The key of an email that was counted. */
type CountedMail = Pick<MailBudget, 'siteId' | 'kind'> & { id: number }

/** What one region's sites sent to unverified addresses in the last day. */
export class UnverifiedMails {
  readonly #database: ReplicatedDatabase
  readonly #aDayFromSite: number

  /** @param aDayFromSite the limit per site and kind in 24 hours */
  constructor(database: ReplicatedDatabase, aDayFromSite: number) {
    this.#database = database
    this.#aDayFromSite = aDayFromSite
  }

  /**
   * Counts an email against its budget, once per email. False if the budget is used up.
   * @param at milliseconds since the Unix epoch
   */
  async count({ id, siteId, emailKey, kind, at }: MailBudget & { id: number; at: number }) {
    const db = this.#database.primary
    const toAddress = (since: number) =>
      sql`count(*) FILTER (WHERE email_key = ${emailKey} AND sent_at > ${since})`
    const hasRoom = sql`(SELECT count(*) < ${this.#aDayFromSite}
        AND ${toAddress(at - HOUR)} < ${MOST_TO_ADDRESS.anHour}
        AND ${toAddress(at - DAY)} < ${MOST_TO_ADDRESS.aDay}
      FROM unverified_mails
      WHERE site_id = ${siteId} AND kind = ${kind} AND sent_at > ${at - DAY})`
    const { counted } = await batch(this.#database, {
      inserted: insertFrom(
        db,
        unverifiedMails,
        { id, siteId, emailKey, kind, sentAt: at },
        { where: hasRoom },
      ).onConflictDoNothing(),
      counted: db
        .select({ id: unverifiedMails.id })
        .from(unverifiedMails)
        .where(isMail({ siteId, kind, id })),
    })
    return counted.length === 1
  }

  /** Removes the count of an email that was not sent. */
  async release(mail: CountedMail): Promise<void> {
    await this.#database.primary.delete(unverifiedMails).where(isMail(mail))
  }
}

/** Finds the count of an email by its whole key. */
function isMail({ siteId, kind, id }: CountedMail): SQL {
  return sql`site_id = ${siteId} AND kind = ${kind} AND id = ${id}`
}
