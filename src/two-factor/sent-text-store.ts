import { type SQL, sql } from 'drizzle-orm'
import { batch, type Statement } from '../storage/batch.ts'
import { DAY } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { SecondFactorRow } from './second-factor.ts'
import { RESEND_AFTER_MS, SENT_CODE_TRIES } from './sent-code.ts'
import { secondFactors, sentTexts } from './tables.ts'

/** Text messages to a number in 24 hours, counted by its verified owner or else by site. */
const MOST_TO_NUMBER = 10

/** The share of a site's daily text messages that may go to unverified numbers. The rest is kept for logins. */
const UNVERIFIED_SHARE = 1 / 2

interface SentCode {
  sent: Omit<typeof sentTexts.$inferSelect, 'verifiedFactorId'>
  factor: Pick<SecondFactorRow, 'id' | 'completedAt'>
  codeDigest: string
  codeExpiresAt: number
  aDayFromSite: number
  /** The statement that puts the message into the outbox. */
  insertion: (condition: SQL) => Statement
}

/** The text messages of the last day, in one region. */
export class SentTextStore extends RegionStore {
  /**
   * Stores a method's new code and sends it, unless the last one is recent and unused, or a limit is reached. Text
   * messages to a verified owner have their own count; others count against the site.
   */
  async send(code: SentCode): Promise<'sent' | 'too-soon' | 'too-many'> {
    const { sent, factor } = code
    const factorId = factor.id
    const verifiedFactorId = factor.completedAt === null ? null : factorId
    const { id, siteId, phoneNumber, sentAt } = sent
    const since = sentAt - DAY
    const ofSite = sql`(SELECT count(*) FROM sent_texts AS one
      WHERE one.site_id = ${siteId} AND one.sent_at > ${since})`
    const hasRoomForOwner = sql`(SELECT count(*) FROM sent_texts AS one
      WHERE one.verified_factor_id = ${factorId} AND one.sent_at > ${since}) < ${MOST_TO_NUMBER}`
    const mostUnverified = Math.ceil(code.aDayFromSite * UNVERIFIED_SHARE)
    const hasRoomForAnybody = sql`(SELECT count(*) < ${mostUnverified}
        AND count(*) FILTER (WHERE one.phone_number = ${phoneNumber}) < ${MOST_TO_NUMBER}
      FROM sent_texts AS one WHERE one.site_id = ${siteId} AND one.sent_at > ${since}
        AND one.verified_factor_id IS NULL)`
    const isSent = sql`EXISTS (SELECT 1 FROM sent_texts WHERE id = ${id})`
    const isOld = sql`EXISTS (SELECT 1 FROM second_factors WHERE id = ${factorId}
      AND (code_digest IS NULL OR code_sent_at <= ${sentAt - RESEND_AFTER_MS}))`
    const { known, taken } = await batch(this.database, {
      known: this.db
        .select({ isOld: sql<number>`${isOld}` })
        .from(secondFactors)
        .where(sql`id = ${factorId}`),
      counted: insertFrom(
        this.db,
        sentTexts,
        { ...sent, verifiedFactorId },
        {
          where: sql`${isOld} AND ${ofSite} < ${code.aDayFromSite}
            AND ${verifiedFactorId === null ? hasRoomForAnybody : hasRoomForOwner}`,
        },
      ),
      renewed: this.db
        .update(secondFactors)
        .set({
          codeDigest: code.codeDigest,
          codeExpiresAt: code.codeExpiresAt,
          codeSentAt: sentAt,
          codeTries: SENT_CODE_TRIES,
        })
        .where(sql`id = ${factorId} AND ${isSent}`),
      message: code.insertion(isSent),
      taken: this.db.select({ id: sentTexts.id }).from(sentTexts).where(sql`id = ${id}`),
      noted: this.forms.noting(isSent),
    })
    if (taken.length === 1) return 'sent'
    return known[0]?.isOld === 1 ? 'too-many' : 'too-soon'
  }
}
