import { inArray, lt, lte, type SQL, sql } from 'drizzle-orm'
import { Problem } from '../http/problem.ts'
import { batch, type Statement } from './batch.ts'
import { insertFrom } from './insert-from.ts'
import type { ReplicatedDatabase } from './regional-database.ts'
import { sentForms } from './tables.ts'

/** A form of a page as it was sent: the same form with the same content is sent again by a second click. */
export interface SentForm {
  /** Of the form and what was typed into it; nobody else can name it. */
  id: number
  /** This sending of it. */
  sending: number
  /** In milliseconds since the Unix epoch. */
  at: number
}

/** For how long a form that is sent again is taken for a second click. */
export const REPEATED_WITHIN_MS = 60_000

/**
 * The forms that were taken in one region in the last minute. What a form does once stands in one batch with
 * its note: a second click, also one at the same time, does nothing and is answered as the first one was.
 */
export class SentForms {
  readonly #database: ReplicatedDatabase
  readonly #sent: () => SentForm | null
  /** What this request may have noted: a proof only, or all that the form is for. */
  #noted: 'nothing' | 'proof' | 'all' = 'nothing'

  /** @param sent the form of this request; null for a call that no form sent */
  constructor(database: ReplicatedDatabase, sent: () => SentForm | null) {
    this.#database = database
    this.#sent = sent
  }

  /** Whether no other sending of the form was taken: a condition of what a form does once. */
  get isFirst(): SQL {
    const sent = this.#sent()
    if (sent === null) return sql`1`
    return sql`NOT EXISTS (SELECT 1 FROM sent_forms WHERE id = ${sent.id}
      AND sending <> ${sent.sending} AND expires_at > ${sent.at})`
  }

  /** The statement that notes the form as taken, at the end of the batch that does what it is for. */
  noting(isDone: SQL): Statement[] {
    const statements = this.notingProof(isDone)
    this.#noted = 'all'
    return statements
  }

  /** The same for a proof that is used up before the form does what it is for. */
  notingProof(isUsedUp: SQL): Statement[] {
    const sent = this.#sent()
    if (sent === null) return []
    if (this.#noted === 'nothing') this.#noted = 'proof'
    const expiresAt = sent.at + REPEATED_WITHIN_MS
    return [
      insertFrom(
        this.#database.primary,
        sentForms,
        { id: sent.id, sending: sent.sending, expiresAt },
        { where: isUsedUp },
      ).onConflictDoUpdate({
        target: sentForms.id,
        set: { sending: sent.sending, expiresAt },
        setWhere: lte(sentForms.expiresAt, sent.at),
      }),
    ]
  }

  /** Whether another sending of the form was taken. */
  async isRepeat(): Promise<boolean> {
    if (this.#sent() === null) return false
    const [found] = await this.#askIsFirst()
    return found?.isFirst === 0
  }

  /** @throws {Problem} form-outdated for a second click, which the application answers as the first one */
  async refuseRepeat(): Promise<void> {
    if (await this.isRepeat()) throw sentTwice()
  }

  /** Notes the form as taken, ahead of what is done by no one batch. @throws {Problem} as refuseRepeat does */
  async takeNow(): Promise<void> {
    if (this.#sent() === null) return
    const { asked } = await batch(this.#database, {
      noted: this.notingProof(sql`1`),
      asked: this.#askIsFirst(),
    })
    if (asked[0]?.isFirst === 0) throw sentTwice()
  }

  #askIsFirst() {
    return this.#database.primary
      .select({ isFirst: sql<number>`${this.isFirst}`.as('is_first') })
      .from(sql`(SELECT 1)`)
  }

  /**
   * Lets the form be sent again, where this sending of it was refused after all.
   * @param isFault whether nobody knows what came of it: then what may have been taken stays so
   */
  async release(isFault: boolean): Promise<void> {
    const sent = this.#sent()
    if (sent === null || this.#noted === 'nothing' || (isFault && this.#noted === 'all')) return
    await this.#database.primary
      .delete(sentForms)
      .where(sql`id = ${sent.id} AND sending = ${sent.sending}`)
  }

  /** Forgets up to `limit` forms from before `before`; answers how many. */
  async sweep(before: number, limit: number): Promise<number> {
    const db = this.#database.primary
    const old = db
      .select({ id: sentForms.id })
      .from(sentForms)
      .where(lt(sentForms.expiresAt, before))
      .limit(limit)
    const swept = await db
      .delete(sentForms)
      .where(inArray(sentForms.id, old))
      .returning({ id: sentForms.id })
    return swept.length
  }
}

function sentTwice(): Problem {
  return new Problem('not-authorized/form-outdated', { reason: 'sent twice' })
}
