import { eq } from 'drizzle-orm'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { users } from './tables.ts'

export type NewUser = typeof users.$inferInsert

/** The users of one region. */
export class UserStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  async nameIsTaken(usernameKey: string): Promise<boolean> {
    const found = await this.#database.primary
      .select({ id: users.id })
      .from(users)
      .where(eq(users.usernameKey, usernameKey))
    return found.length > 0
  }

  /** @throws {UniqueViolation} when the name is taken in this region */
  async insert(user: NewUser): Promise<void> {
    await this.#database.primary.insert(users).values(user)
  }

  async remove(id: number): Promise<void> {
    await this.#database.primary.delete(users).where(eq(users.id, id))
  }
}
