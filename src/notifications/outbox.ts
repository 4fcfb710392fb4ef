import { and, asc, eq, lte, type SQL, sql } from 'drizzle-orm'
import type { Sealer } from '../crypto/sealer.ts'
import { HOUR, MINUTE } from '../storage/clock.ts'
import { newId } from '../storage/ids.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { Region } from '../storage/region.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import { outbox } from './tables.ts'
import { sealedKindOf, type TaskContent, type TaskKind } from './task-kinds.ts'

/** How long a worker has for a task before another may take it. Doubles with every attempt. */
const FIRST_WAIT_MS = MINUTE
const LONGEST_WAIT_MS = HOUR

export type Task = typeof outbox.$inferSelect

/** One region's work that is done after the reply and repeated until it succeeds. */
export class Outbox {
  readonly region: Region
  readonly #database: ReplicatedDatabase
  readonly #sealer: Sealer

  constructor(region: Region, database: ReplicatedDatabase, sealer: Sealer) {
    this.region = region
    this.#database = database
    this.#sealer = sealer
  }

  /** Seals a task for insertion. @param now milliseconds since the Unix epoch */
  async prepare<Kind extends TaskKind>(
    kind: Kind,
    content: TaskContent<Kind>,
    now: number,
  ): Promise<Task> {
    return {
      id: newId(this.region.code),
      kind,
      sealed: await this.#sealer.seal(sealedKindOf(kind), content, now),
      attempts: 0,
      nextAttemptAt: now + FIRST_WAIT_MS,
      createdAt: now,
    }
  }

  /** The statement that inserts a task, if the condition holds. */
  insertion(task: Task, condition: SQL = sql`1`) {
    return insertFrom(this.#database.primary, outbox, task, { where: condition })
  }

  /**
   * The statement that puts a task in the place of the one that led to it: one row written instead of two, and neither
   * is lost or done twice. Changes nothing if another worker has taken that one.
   */
  replacement(led: Task, task: Task) {
    return this.#database.primary.update(outbox).set(task).where(isTask(led))
  }

  /** Whether a task is stored and was not taken since. */
  async has(task: Task): Promise<boolean> {
    const db = this.#database.primary
    return (await db.select({ id: outbox.id }).from(outbox).where(isTask(task))).length > 0
  }

  removal(task: Task) {
    return this.#database.primary.delete(outbox).where(isTask(task))
  }

  /** Opens a task; null if it has expired or its key is gone. */
  async open<Kind extends TaskKind>(
    kind: Kind,
    task: Task,
    now: number,
  ): Promise<TaskContent<Kind> | null> {
    const content = await this.#sealer.unseal(sealedKindOf(kind), task.sealed, now)
    return content as TaskContent<Kind> | null
  }

  /** Returns up to `limit` due tasks, oldest first. */
  async due(now: number, limit: number): Promise<Task[]> {
    return this.#database.primary
      .select()
      .from(outbox)
      .where(lte(outbox.nextAttemptAt, now))
      .orderBy(asc(outbox.nextAttemptAt), asc(outbox.id))
      .limit(limit)
  }

  /** Takes a task for another attempt. Of many workers at the same time one succeeds; the others get null. */
  async claim(task: Task, now: number): Promise<Task | null> {
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (task.attempts + 1), LONGEST_WAIT_MS)
    const [claimed] = await this.#database.primary
      .update(outbox)
      .set({ attempts: task.attempts + 1, nextAttemptAt: now + wait })
      .where(and(isTask(task), eq(outbox.attempts, task.attempts)))
      .returning()
    return claimed ?? null
  }
}

/** Finds a task by its whole key, which changes whenever a worker takes it. */
export function isTask({ id, nextAttemptAt }: Pick<Task, 'id' | 'nextAttemptAt'>): SQL {
  return sql`next_attempt_at = ${nextAttemptAt} AND id = ${id}`
}
