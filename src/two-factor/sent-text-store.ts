import { inArray, lt, type SQL, sql } from 'drizzle-orm'
import { batch, type Statement } from '../storage/batch.ts'
import { DAY } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { SentForms } from '../storage/sent-forms.ts'
import type { SecondFactorRow } from './second-factor.ts'
import { RESEND_AFTER_MS, SENT_CODE_TRIES } from './sent-code.ts'
import { secondFactors, sentTexts } from './tables.ts'

/** How many texts a number is sent in 24 hours: for its verified owner, else from one site. */
const MOST_TO_NUMBER = 10

/**
 * How much of what a site may text in 24 hours may go to numbers that nobody has verified: the codes of those who log
 * in have the rest to themselves.
 */
const UNVERIFIED_SHARE = 1 / 2

interface SentCode {
  sent: Omit<typeof sentTexts.$inferSelect, 'verifiedFactorId'>
  factor: Pick<SecondFactorRow, 'id' | 'completedAt'>
  codeDigest: string
  codeExpiresAt: number
  aDayFromSite: number
  /** The statement that takes the message into the outbox. */
  insertion: (condition: SQL) => Statement
}

/** The texts of the last day, in one region. */
export class SentTextStore {
  readonly #database: ReplicatedDatabase
  readonly #forms: SentForms

  constructor(database: ReplicatedDatabase, forms: SentForms) {
    this.#database = database
    this.#forms = forms
  }

  /**
   * Gives a factor its new code and sends it, unless the last one is young and not used yet, or there were too many.
   * A verified owner's texts are counted for themselves; those to other numbers against the site that asked.
   */
  async send(code: SentCode): Promise<'sent' | 'too-soon' | 'too-many'> {
    const db = this.#database.primary
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
    const { known, taken } = await batch(this.#database, {
      known: db
        .select({ isOld: sql<number>`${isOld}` })
        .from(secondFactors)
        .where(sql`id = ${factorId}`),
      counted: insertFrom(
        db,
        sentTexts,
        { ...sent, verifiedFactorId },
        {
          where: sql`${isOld} AND ${ofSite} < ${code.aDayFromSite}
            AND ${verifiedFactorId === null ? hasRoomForAnybody : hasRoomForOwner}`,
        },
      ),
      renewed: db
        .update(secondFactors)
        .set({
          codeDigest: code.codeDigest,
          codeExpiresAt: code.codeExpiresAt,
          codeSentAt: sentAt,
          codeTries: SENT_CODE_TRIES,
        })
        .where(sql`id = ${factorId} AND ${isSent}`),
      message: code.insertion(isSent),
      taken: db.select({ id: sentTexts.id }).from(sentTexts).where(sql`id = ${id}`),
      noted: this.#forms.noting(isSent),
    })
    if (taken.length === 1) return 'sent'
    return known[0]?.isOld === 1 ? 'too-many' : 'too-soon'
  }

  /** Forgets up to `limit` texts from before `before`; answers how many. */
  async sweep(before: number, limit: number): Promise<number> {
    const db = this.#database.primary
    const old = db
      .select({ id: sentTexts.id })
      .from(sentTexts)
      .where(lt(sentTexts.sentAt, before))
      .limit(limit)
    const swept = await db
      .delete(sentTexts)
      .where(inArray(sentTexts.id, old))
      .returning({ id: sentTexts.id })
    return swept.length
  }
}
