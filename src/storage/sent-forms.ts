import { lte, type SQL, sql } from 'drizzle-orm'
import { Problem } from '../http/problem.ts'
import { batch, type Statement } from './batch.ts'
import { insertFrom } from './insert-from.ts'
import type { ReplicatedDatabase } from './regional-database.ts'
import { sentForms } from './tables.ts'

/** A page's form as it was sent. A second click sends the same form with the same content. */
export interface SentForm {
  /** Derived from the form and its content. Clients cannot choose it. */
  id: number
  /** The id of this request's sending. */
  sending: number
  /** In milliseconds since the Unix epoch. */
  at: number
}

/** The range of ids: 52 bits of a digest. */
export const FORM_IDS = { from: 0, count: 2 ** 52 }

/** A form that is sent again within this time is a second click. */
const REPEATED_WITHIN_MS = 60_000

/**
 * The forms that one region accepted in the last minute. A form's action and its note are one batch, so that a second
 * click, even a parallel one, does nothing and gets the reply of the first.
 */
export class SentForms {
  readonly #database: ReplicatedDatabase
  readonly #sent: () => SentForm | null
  /** What this request has noted: nothing, a consumed proof, or the whole action. */
  #noted: 'nothing' | 'proof' | 'all' = 'nothing'

  /** @param sent the form of this request; null if there is none */
  constructor(database: ReplicatedDatabase, sent: () => SentForm | null) {
    this.#database = database
    this.#sent = sent
  }

  /** Whether a form sent this request. */
  get isSent(): boolean {
    return this.#sent() !== null
  }

  /** Whether no other sending of the form was accepted: a condition for actions that must run once. */
  get isFirst(): SQL {
    const sent = this.#sent()
    if (sent === null) return sql`1`
    return sql`NOT EXISTS (SELECT 1 FROM sent_forms WHERE id = ${sent.id}
      AND sending <> ${sent.sending} AND expires_at > ${sent.at})`
  }

  /** The statement that notes the form as accepted, at the end of its action's batch. */
  noting(isDone: SQL): Statement[] {
    const statements = this.notingProof(isDone)
    this.#noted = 'all'
    return statements
  }

  /** The same for a proof that is consumed before the action. */
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

  /** Whether another sending of the form was accepted. */
  async isRepeat(): Promise<boolean> {
    if (this.#sent() === null) return false
    const [found] = await this.#selectIsFirst()
    return found?.isFirst === 0
  }

  /** @throws {Problem} form-outdated for a second click, which then gets the first reply */
  async refuseRepeat(): Promise<void> {
    if (await this.isRepeat()) throw sentTwice()
  }

  /** Notes the form before an action that is not one batch. @throws {Problem} like refuseRepeat */
  async takeNow(): Promise<void> {
    if (this.#sent() === null) return
    const { first } = await batch(this.#database, {
      noted: this.notingProof(sql`1`),
      first: this.#selectIsFirst(),
    })
    if (first[0]?.isFirst === 0) throw sentTwice()
  }

  #selectIsFirst() {
    return this.#database.primary
      .select({ isFirst: sql<number>`${this.isFirst}`.as('is_first') })
      .from(sql`(SELECT 1)`)
  }

  /**
   * Allows the form to be sent again after this sending was refused.
   * @param isFault whether the outcome is unknown; then the note stays
   */
  async release(isFault: boolean): Promise<void> {
    const sent = this.#sent()
    if (sent === null || this.#noted === 'nothing' || (isFault && this.#noted === 'all')) return
    await this.#database.primary
      .delete(sentForms)
      .where(sql`id = ${sent.id} AND sending = ${sent.sending}`)
  }
}

function sentTwice(): Problem {
  return new Problem('not-authorized/form-outdated', { reason: 'sent twice' })
}
