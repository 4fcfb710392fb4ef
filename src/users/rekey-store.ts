import { sql } from 'drizzle-orm'
import { RegionStore } from '../storage/region-store.ts'
import type { User } from './account.ts'
import { users } from './tables.ts'

/** The keys and skeletons of names that older releases stored in a former form, in one region. */
export class RekeyStore extends RegionStore {
  async setSkeletons(named: User[]): Promise<void> {
    const { skeletonOf } = await import('./look-alikes.ts')
    const looks = named
      .map(({ id, username, usernameSkeleton }) => ({ id, username, usernameSkeleton }))
      .map((user) => ({ ...user, skeleton: skeletonOf(user.username) }))
      .filter(({ usernameSkeleton, skeleton }) => usernameSkeleton !== skeleton)
    if (looks.length === 0) return
    const rows = JSON.stringify(looks.map(({ id, username, skeleton }) => [id, username, skeleton]))
    await this.db.run(sql`UPDATE ${users} SET username_skeleton = one.value ->> 2
      FROM json_each(${rows}) AS one
      WHERE users.id = one.value ->> 0 AND users.username = one.value ->> 1`)
  }

  /**
   * Finds which of these users look like another user of their site, if one of the two names is not plain ASCII.
   * Compares only skeletons that are stored.
   */
  async lookAlikes(ids: number[]): Promise<Map<number, string>> {
    const beyondAscii = (name: string) => sql.raw(`${name}.username GLOB '*[^ -~]*'`)
    const found = await this.db.all<{ id: number; other: string }>(sql`SELECT
        own.id, min(other.username) AS other
      FROM json_each(${JSON.stringify(ids)}) AS one JOIN users AS own ON own.id = one.value
      JOIN users AS other ON other.site_id = own.site_id
        AND other.username_skeleton = own.username_skeleton AND other.id <> own.id
        AND (${beyondAscii('own')} OR ${beyondAscii('other')})
      GROUP BY own.id`)
    return new Map(found.map(({ id, other }) => [id, other]))
  }

  /**
   * Gives an address the present form of its key, if it still has the former. False if another user of the site has
   * verified the address under that key.
   */
  async setEmailKey({ id, siteId, emailKey: former }: User, emailKey: string): Promise<boolean> {
    const isTaken = sql`EXISTS (SELECT 1 FROM users AS other WHERE other.site_id = ${siteId}
      AND other.verified_email_key = ${emailKey} AND other.id <> ${id})`
    const changed = await this.db.all(sql`UPDATE ${users}
      SET email_key = ${emailKey},
        verified_email_key = CASE WHEN verified_email_key IS NULL THEN NULL ELSE ${emailKey} END
      WHERE id = ${id} AND email_key = ${former} AND (verified_email_key IS NULL OR NOT ${isTaken})
      RETURNING id`)
    return changed.length === 1
  }
}
