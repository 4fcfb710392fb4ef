import { and, asc, eq, getTableColumns, isNotNull, isNull, lte, type SQL, sql } from 'drizzle-orm'
import type { Authority } from '../audit/credential-event.ts'
import { isRepeatedGuess } from '../login/failure-counter.ts'
import { countGuess } from '../login/refusal-ledger.ts'
import { batch, type Statement } from '../storage/batch.ts'
import { RegionStore } from '../storage/region-store.ts'
import { users } from '../users/tables.ts'
import type { Consumption, ProofUse } from './consumption.ts'
import { type NotifiedChange, recordAndNotify } from './notified-change.ts'
import { insertRecoveryCodes } from './recovery-code-store.ts'
import { MOST_FACTORS, SETUP_LIFETIME_MS, type SecondFactorRow } from './second-factor.ts'
import { recoveryCodes, secondFactors } from './tables.ts'

interface FirstUse {
  at: number
  /** The digest of the sent code that the user entered; null for other methods. */
  sentCode: string | null
  /** The digests of recovery codes, in case this is the user's first method. */
  codes: string[]
  change: NotifiedChange
  /** Statements for the same batch. */
  alongside: (condition: SQL) => Statement[]
}

export class SecondFactorStore extends RegionStore {
  /** A user's methods by id, complete or not. */
  ofUser(userId: number): Promise<SecondFactorRow[]> {
    return this.db
      .select()
      .from(secondFactors)
      .where(eq(secondFactors.userId, userId))
      .orderBy(asc(secondFactors.id))
  }

  /** A user's complete methods, and the number of unused recovery codes. */
  async provable(userId: number): Promise<{ factors: SecondFactorRow[]; codesLeft: number }> {
    const found = await this.db
      .select({
        factor: getTableColumns(secondFactors),
        codesLeft: sql<number>`(SELECT count(*) FROM recovery_codes AS own
          WHERE own.user_id = ${userId} AND own.used_at IS NULL)`.as('codes_left'),
      })
      .from(secondFactors)
      .where(and(eq(secondFactors.userId, userId), isNotNull(secondFactors.completedAt)))
      .orderBy(asc(secondFactors.id))
    return { factors: found.map(({ factor }) => factor), codesLeft: found[0]?.codesLeft ?? 0 }
  }

  /** Inserts a method that is not complete yet. False if the user has reached the limit. */
  async insert(factor: SecondFactorRow, _: Authority): Promise<boolean> {
    const since = factor.createdAt - SETUP_LIFETIME_MS
    await batch(this.database, {
      expired: this.db
        .delete(secondFactors)
        .where(
          and(
            eq(secondFactors.userId, factor.userId),
            isNull(secondFactors.completedAt),
            lte(secondFactors.createdAt, since),
          ),
        ),
      inserted: this.db.insert(secondFactors).values(factor),
      // Inserts first and then deletes the newest above the limit, because rows cannot be counted before they exist.
      tooMany: this.db.delete(secondFactors).where(
        and(
          eq(secondFactors.id, factor.id),
          sql`((SELECT count(*) FROM second_factors AS own
            WHERE own.user_id = ${factor.userId}) > ${MOST_FACTORS}
            OR NOT (${this.forms.isFirst}))`,
        ),
      ),
      noted: this.forms.noting(sql`EXISTS (SELECT 1 FROM second_factors WHERE id = ${factor.id})`),
    })
    return (await this.find(factor.id, factor.userId)) !== null
  }

  async find(id: number, userId: number): Promise<SecondFactorRow | null> {
    const [found] = await this.db
      .select()
      .from(secondFactors)
      .where(and(eq(secondFactors.id, id), eq(secondFactors.userId, userId)))
    return found ?? null
  }

  /**
   * Completes a method once. A user's first method comes with recovery codes. False if it was completed, removed or
   * used meanwhile.
   */
  async complete(
    factor: Pick<SecondFactorRow, 'id' | 'userId'> & Partial<SecondFactorRow>,
    { at, sentCode, codes, change, alongside }: FirstUse,
  ): Promise<boolean> {
    const { id, userId, ...kept } = factor
    const by = change.event.id
    const done = sql`EXISTS (SELECT 1 FROM second_factors
      WHERE id = ${id} AND claimed_by = ${by} AND completed_at = ${at})`
    await batch(this.database, {
      completed: this.db
        .update(secondFactors)
        .set({ ...kept, completedAt: at, lastUsedAt: at, claimedBy: by })
        .where(
          and(
            eq(secondFactors.id, id),
            eq(secondFactors.userId, userId),
            isNull(secondFactors.completedAt),
            sql`code_digest IS ${sentCode} AND (code_digest IS NULL OR code_tries > 0)`,
          ),
        ),
      type: this.#renewType(userId, done),
      codes: insertRecoveryCodes(
        this.db,
        { userId, at, codes },
        sql`${done} AND NOT EXISTS
          (SELECT 1 FROM recovery_codes AS own WHERE own.user_id = ${userId})`,
      ),
      alongside: alongside(done),
      recorded: recordAndNotify(this.db, change, done),
      noted: this.forms.noting(done),
    })
    const found = await this.find(id, userId)
    return found?.claimedBy === by
  }

  async discard({ id, userId }: SecondFactorRow): Promise<void> {
    await this.db
      .delete(secondFactors)
      .where(
        and(
          eq(secondFactors.id, id),
          eq(secondFactors.userId, userId),
          isNull(secondFactors.completedAt),
        ),
      )
  }

  /** Counts a wrong first code against the code that was sent, once for the same code within a minute. */
  async countWrong(
    { id, userId }: SecondFactorRow,
    wrong: { counter: string; guess: string; at: number },
  ): Promise<void> {
    const isRepeated = isRepeatedGuess({ counter: wrong.counter, shared: null }, wrong)
    await batch(this.database, {
      tries: this.countWrongCode(userId, sql`id = ${id} AND NOT ${isRepeated}`),
      remembered: countGuess(this.db, wrong),
    })
  }

  async rename({ id, userId }: SecondFactorRow, name: string): Promise<void> {
    await this.db
      .update(secondFactors)
      .set({ name })
      .where(and(eq(secondFactors.id, id), eq(secondFactors.userId, userId)))
  }

  /**
   * Removes a method, and with the last one the recovery codes. False if it was removed before.
   * @param alongside statements for the case that it was the last one
   */
  async remove(
    { id, userId }: SecondFactorRow,
    change: NotifiedChange,
    alongside: Statement[],
  ): Promise<boolean> {
    const isRemoved = sql`NOT EXISTS (SELECT 1 FROM second_factors WHERE id = ${id})`
    const { removed } = await batch(this.database, {
      removed: this.db
        .delete(secondFactors)
        .where(and(eq(secondFactors.id, id), eq(secondFactors.userId, userId)))
        .returning({ id: secondFactors.id }),
      type: this.#renewType(userId, isRemoved),
      codes: this.db.delete(recoveryCodes).where(
        sql`user_id = ${userId} AND NOT EXISTS (SELECT 1 FROM second_factors AS own
            WHERE own.user_id = ${userId} AND own.completed_at IS NOT NULL)`,
      ),
      alongside,
      recorded: recordAndNotify(this.db, change, sql`${isRemoved} AND ${this.forms.isFirst}`),
      noted: this.forms.noting(isRemoved),
    })
    return removed.length === 1
  }

  async removeAll(userId: number, change: NotifiedChange, alongside: Statement[]): Promise<void> {
    await batch(this.database, {
      factors: this.db.delete(secondFactors).where(eq(secondFactors.userId, userId)),
      codes: this.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId)),
      type: this.#renewType(userId, sql`1`),
      alongside,
      recorded: recordAndNotify(this.db, change, this.forms.isFirst),
      noted: this.forms.noting(sql`1`),
    })
  }

  /**
   * Consumes a value that only rises, such as a time step or a counter. Lower and equal values are refused from then
   * on.
   */
  consumeCounter({ id }: SecondFactorRow, counter: number, use: ProofUse): Consumption {
    return this.#consumption(id, use, { counter }, sql`counter < ${counter}`)
  }

  /** Consumes a signature counter, which may stay 0 (WebAuthn L3 §7.2), by compare-and-set. */
  consumeSignature(factor: SecondFactorRow, counter: number, use: ProofUse): Consumption {
    const isSame = sql`counter = ${factor.counter} AND claimed_by IS ${factor.claimedBy}`
    return this.#consumption(factor.id, use, { counter }, isSame)
  }

  consumeSentCode({ id }: SecondFactorRow, codeDigest: string, use: ProofUse): Consumption {
    const isValid = sql`code_digest = ${codeDigest} AND code_expires_at > ${use.at} AND code_tries > 0`
    return this.#consumption(id, use, { codeDigest: null }, isValid)
  }

  #consumption(
    id: number,
    { consumer, at }: ProofUse,
    left: Partial<SecondFactorRow>,
    isValid: SQL,
  ): Consumption {
    return {
      statements: (condition) => [
        this.db
          .update(secondFactors)
          .set({ ...left, lastUsedAt: at, claimedBy: consumer })
          .where(sql`id = ${id} AND completed_at IS NOT NULL AND ${isValid} AND ${condition}`),
      ],
      isConsumed: sql`EXISTS (SELECT 1 FROM second_factors AS consumed
        WHERE consumed.id = ${id} AND consumed.claimed_by = ${consumer})`,
    }
  }

  /** Counts a wrong code against the codes that were sent to the user. */
  countWrongCode(userId: number, condition: SQL) {
    return this.db
      .update(secondFactors)
      .set({ codeTries: sql`code_tries - 1` })
      .where(sql`user_id = ${userId} AND code_digest IS NOT NULL AND code_tries > 0
        AND ${condition}`)
  }

  /** The complete factors of users for people to read, such as `totp, webauthn (2)`, by the ids of the users. */
  async countByUser(userIds: number[]): Promise<Map<number, string>> {
    const counted = await this.db
      .select({
        userId: secondFactors.userId,
        method: secondFactors.method,
        count: sql<number>`count(*)`.as('count'),
      })
      .from(secondFactors)
      .where(
        sql`user_id IN (SELECT value FROM json_each(${JSON.stringify(userIds)})) AND completed_at IS NOT NULL`,
      )
      .groupBy(secondFactors.userId, secondFactors.method)
    const texts = Map.groupBy(counted, ({ userId }) => userId)
    return new Map(
      [...texts].map(([userId, all]) => [
        userId,
        all.map(({ method, count }) => (count > 1 ? `${method} (${count})` : method)).join(', '),
      ]),
    )
  }

  /** Copies the methods of a user's complete factors to the user's row, where logins read them. */
  #renewType(userId: number, condition: SQL) {
    return this.db
      .update(users)
      .set({
        typeOf2fa: sql`coalesce((SELECT group_concat(method, '_') FROM (
          SELECT DISTINCT method FROM second_factors AS own
          WHERE own.user_id = ${userId} AND own.completed_at IS NOT NULL ORDER BY method)), '')`,
      })
      .where(sql`id = ${userId} AND ${condition}`)
  }
}
