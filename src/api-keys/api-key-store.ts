import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import type { Waiting } from '../notifications/task-workers.ts'
import { sites } from '../sites/tables.ts'
import { batch } from '../storage/batch.ts'
import { CompiledStatement } from '../storage/compiled-statement.ts'
import { beatAt, isStale } from '../storage/heartbeat.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { IdPage } from '../storage/list-pages.ts'
import { packedRow } from '../storage/packed-row.ts'
import { RegionStore } from '../storage/region-store.ts'
import { type Account, accountColumns, accountIsAsJudged, readAccount } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { type ApiKeyRow, isKeyActive, type KeyChanges, type LiveApiKey } from './api-key.ts'
import { apiKeys } from './tables.ts'

/** The limit per user. */
const MOST_KEYS = 100

const packedKey = packedRow(apiKeys, 'key')
const found = { apiKey: packedKey.column, ...accountColumns, beatAt }

const selectByDigest = CompiledStatement.reading(
  (db) =>
    db
      .select(found)
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId))
      .innerJoin(sites, eq(sites.id, apiKeys.siteId))
      .where(eq(apiKeys.digest, sql.placeholder('digest'))),
  ([key, user, site, beatAt]) => ({
    apiKey: packedKey.read(key),
    ...readAccount(user, site),
    beatAt: beatAt as number | null,
  }),
)

interface NewKey {
  event: CredentialEvent
  notice: Waiting | null
  /** The owner, as they were judged. */
  owner: Account
  /** The key that creates it, as it was judged; null if no key does. */
  parent: ApiKeyRow | null
}

export class ApiKeyStore extends RegionStore {
  /**
   * Reads a key with its user and site nearby. Asks the primary if `isRefused` would refuse what the replica shows,
   * or the replica is too old.
   */
  async find(
    digest: string,
    now: number,
    isRefused: (found: LiveApiKey) => boolean,
  ): Promise<LiveApiKey | null> {
    const [nearby] = await selectByDigest.all(this.database.nearest, { digest })
    if (nearby && !isStale(nearby.beatAt, now) && !isRefused(nearby)) return nearby
    return this.findAtPrimary(digest)
  }

  async findAtPrimary(digest: string): Promise<LiveApiKey | null> {
    const [known] = await selectByDigest.all(this.db, { digest })
    return known ?? null
  }

  /** Stores a use. False if the key was revoked meanwhile. */
  async touch({ id }: ApiKeyRow, at: number): Promise<boolean> {
    const touched = await this.db
      .update(apiKeys)
      .set({ lastUsedAt: at })
      .where(eq(apiKeys.id, id))
      .returning({ id: apiKeys.id })
    return touched.length === 1
  }

  /**
   * Inserts a key, unless its user has reached the limit, or the user, the site or the parent key has changed since
   * it was judged.
   */
  async insert(
    key: ApiKeyRow,
    { event, notice, owner, parent }: NewKey,
  ): Promise<'inserted' | 'too-many' | 'changed'> {
    const isInserted = sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${key.id})`
    const isJudged = sql`${accountIsAsJudged(owner)} AND ${parentIsAsJudged(parent)}`
    const hasRoom = sql`(SELECT count(*) FROM api_keys WHERE user_id = ${owner.user.id}
      AND ${isKeyActive(key.createdAt)}) < ${MOST_KEYS}`
    const outcome = await batch(this.database, {
      inserted: insertFrom(
        this.db,
        apiKeys,
        { ...key, userId: sql`id` },
        { from: sql`${users}`, where: sql`${isJudged} AND ${hasRoom} AND ${this.forms.isFirst}` },
      ),
      recorded: recordEvent(this.db, event, isInserted),
      judged: this.db.select({ id: users.id }).from(users).where(isJudged),
      noticed: notice?.outbox.insertion(notice.task, isInserted) ?? null,
      noted: this.forms.noting(isInserted),
    })
    if (outcome.inserted.meta.changes === 1) return 'inserted'
    return outcome.judged.length === 1 ? 'too-many' : 'changed'
  }

  /** Lists a user's active keys by id, without the first `skip`. */
  async list(
    owned: { userId: number; siteId: number; now: number; where?: SQL | undefined },
    { after, skip, limit, order }: IdPage,
  ): Promise<ApiKeyRow[]> {
    return this.db
      .select()
      .from(apiKeys)
      .where(
        and(
          eq(apiKeys.userId, owned.userId),
          eq(apiKeys.siteId, owned.siteId),
          isKeyActive(owned.now),
          gt(apiKeys.id, after),
          owned.where,
        ),
      )
      .orderBy(order ?? asc(apiKeys.id))
      .limit(limit)
      .offset(skip)
  }

  /** Returns an active key of a site. */
  async withId(id: number, siteId: number, now: number): Promise<ApiKeyRow | null> {
    const [known] = await this.db
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.id, id), eq(apiKeys.siteId, siteId), isKeyActive(now)))
    return known ?? null
  }

  /**
   * Changes a key and returns it; null if it was revoked meanwhile, or its parent key changed. Revokes the keys that
   * descend from it and would be wider, and shortens those that would outlive it.
   */
  async update(
    { id }: ApiKeyRow,
    changes: KeyChanges,
    { event, parent }: { event: CredentialEvent; parent: ApiKeyRow | null },
  ): Promise<ApiKeyRow | null> {
    const exists = sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${id}) AND ${parentIsAsJudged(parent)}`
    const isDone = sql`EXISTS (SELECT 1 FROM credential_events WHERE id = ${event.id})`
    const { permissionSet: set, path, expiresAt } = changes
    const furtherSet =
      set === undefined || set === 'full' ? sql`0` : sql`permission_set NOT IN (${set}, 'none')`
    const furtherPath =
      path == null
        ? sql`0`
        : sql`NOT coalesce(path = ${path} OR substr(path, 1, length(${path}) + 1) = ${path} || '/', 0)`
    const ending = sql`id IN ${madeBy(id)} AND (${furtherSet} OR ${furtherPath})`
    const outcome = await batch(this.database, {
      recorded: recordEvent(this.db, event, exists, withEnding(event, ending)),
      changed: this.db
        .update(apiKeys)
        .set(changes)
        .where(and(eq(apiKeys.id, id), isDone))
        .returning(),
      ended: this.db.delete(apiKeys).where(sql`${ending} AND ${isDone}`),
      shortened:
        expiresAt == null
          ? null
          : this.db
              .update(apiKeys)
              .set({ expiresAt })
              .where(
                sql`id IN ${madeBy(id)} AND coalesce(expires_at > ${expiresAt}, 1) AND ${isDone}`,
              ),
    })
    return outcome.changed[0] ?? null
  }

  /** Revokes a key, and with it the keys that it created. False if it was revoked before. */
  async remove({ id }: ApiKeyRow, event: CredentialEvent): Promise<boolean> {
    const exists = sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${id})`
    const { removed } = await batch(this.database, {
      recorded: recordEvent(this.db, event, exists, withEnding(event, sql`id IN ${madeBy(id)}`)),
      // The foreign key of parent_id deletes the keys that it created.
      removed: this.db.delete(apiKeys).where(eq(apiKeys.id, id)).returning({ id: apiKeys.id }),
    })
    return removed.length === 1
  }
}

/** Whether a parent key is still as wide as when it was judged. */
function parentIsAsJudged(parent: ApiKeyRow | null): SQL {
  return parent === null
    ? sql`1`
    : sql`EXISTS (SELECT 1 FROM api_keys AS parent WHERE parent.id = ${parent.id}
        AND parent.permission_set = ${parent.permissionSet} AND parent.path IS ${parent.path}
        AND parent.expires_at IS ${parent.expiresAt})`
}

/** The ids of all keys that descend from a key. */
function madeBy(id: number): SQL {
  return sql`(WITH RECURSIVE made (id) AS (
    SELECT id FROM api_keys WHERE parent_id = ${id}
    UNION ALL SELECT child.id FROM api_keys AS child JOIN made ON child.parent_id = made.id
  ) SELECT id FROM made)`
}

/** The changes to record, with the names of the keys that they revoke. */
function withEnding({ changes = {} }: CredentialEvent, ending: SQL): SQL {
  const known = JSON.stringify(changes)
  return sql`(SELECT iif(count(*) = 0, ${known},
    json_set(${known}, '$.keys_made_by_it', json_array(group_concat(name, ', '), NULL)))
    FROM api_keys WHERE ${ending})`
}
