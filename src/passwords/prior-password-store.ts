import { desc, eq, type SQL, sql } from 'drizzle-orm'
import { insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { User } from '../users/account.ts'
import { priorPasswords } from './tables.ts'

/** The previous passwords of one region's users. */
export class PriorPasswordStore extends RegionStore {
  /** Returns up to `limit` hashes, the latest first. */
  async hashesOf(userId: number, limit: number): Promise<string[]> {
    const found = await this.db
      .select({ passwordHash: priorPasswords.passwordHash })
      .from(priorPasswords)
      .where(eq(priorPasswords.userId, userId))
      .orderBy(desc(priorPasswords.replacedAt), desc(priorPasswords.id))
      .limit(limit)
    return found.map(({ passwordHash }) => passwordHash)
  }

  /**
   * The statements that store a user's current password among the previous ones, as far as the site forbids reusing
   * it, and delete older ones, if the condition holds.
   */
  replacement(user: User, { id, at }: { id: number; at: number }, condition: SQL) {
    const kept = sql`(SELECT max_prior_passwords FROM sites WHERE id = ${user.siteId})`
    return [
      insertFrom(
        this.db,
        priorPasswords,
        { id, userId: user.id, passwordHash: sql`${user.passwordHash}`, replacedAt: at },
        { where: sql`${user.passwordHash} IS NOT NULL AND ${condition} AND 0 < ${kept}` },
      ),
      this.db
        .delete(priorPasswords)
        .where(sql`${condition} AND id IN (SELECT id FROM prior_passwords
        WHERE user_id = ${user.id} ORDER BY replaced_at DESC, id DESC LIMIT -1 OFFSET ${kept})`),
    ] as const
  }
}
