import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../history/credential-event.ts'
import type { Waiting } from '../outbox/work-outbox.ts'
import { aliasedColumns } from '../platform/aliased-columns.ts'
import { CompiledStatement } from '../platform/compiled-statement.ts'
import type { IdPage } from '../platform/pages-of-ids.ts'
import { beatAt, isStale } from '../regions/heartbeat.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { sites } from '../sites/tables.ts'
import { accountColumns } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { type ApiKeyRow, type LiveApiKey, UNUSED_PAIRING_MS } from './api-key.ts'
import { apiKeys } from './tables.ts'

/** How many keys a user may have. */
export const MOST_KEYS = 100

const found = { apiKey: aliasedColumns(apiKeys, 'key'), ...accountColumns, beatAt }

const selectByDigest = new CompiledStatement(found, (db) =>
  db
    .select(found)
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .innerJoin(sites, eq(sites.id, apiKeys.siteId))
    .where(eq(apiKeys.digest, sql.placeholder('digest'))),
)

/** The API keys of one region. */
export class ApiKeyStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /**
   * Reads a key with its user and site nearby. Where `isRefused` would refuse what a replica shows, or
   * the replica is older than the staleness bound, the primary is asked.
   */
  async find(
    digest: string,
    now: number,
    isRefused: (found: LiveApiKey) => boolean,
  ): Promise<LiveApiKey | null> {
    const [nearby] = await selectByDigest.all(this.#database.nearest, { digest })
    if (nearby && !isStale(nearby.beatAt, now) && !isRefused(nearby)) return nearby
    return this.findAtPrimary(digest)
  }

  async findAtPrimary(digest: string): Promise<LiveApiKey | null> {
    const [known] = await selectByDigest.all(this.#database.primary, { digest })
    return known ?? null
  }

  /** Writes a use. False when the key was revoked meanwhile. */
  async touch({ id }: ApiKeyRow, at: number): Promise<boolean> {
    const touched = await this.#database.primary
      .update(apiKeys)
      .set({ lastUsedAt: at })
      .where(eq(apiKeys.id, id))
      .returning({ id: apiKeys.id })
    return touched.length === 1
  }

  /** Takes a key in, unless its user has as many as may be, is disabled, or has changed credentials. */
  async insert(
    key: ApiKeyRow,
    {
      event,
      notice,
      credentialVersion,
    }: { event: CredentialEvent; notice: Waiting | null; credentialVersion: number },
  ): Promise<boolean> {
    const db = this.#database.primary
    const inserted = sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${key.id})`
    const [outcome] = await db.batch([
      db.insert(apiKeys).select(sql`
        SELECT ${key.id}, ${key.digest}, ${key.siteId}, id, ${key.name}, ${key.permissionSet},
          ${key.platform}, ${key.createdAt}, ${key.expiresAt}, ${key.lastUsedAt},
          ${key.pairingDigest}, ${key.address}
        FROM ${users} WHERE id = ${key.userId} AND NOT disabled
          AND credential_version = ${credentialVersion}
          AND (SELECT count(*) FROM api_keys WHERE user_id = ${key.userId}) < ${MOST_KEYS}`),
      recordEvent(db, event, inserted),
      ...(notice ? [notice.outbox.insertion(notice.task, inserted)] : []),
    ])
    return outcome.meta.changes === 1
  }

  /** A user's keys in the order of their ids, `skip` of them left out. */
  async list(
    { userId, siteId }: { userId: number; siteId: number },
    { after, skip, limit }: IdPage,
  ): Promise<ApiKeyRow[]> {
    return this.#database.primary
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.userId, userId), eq(apiKeys.siteId, siteId), gt(apiKeys.id, after)))
      .orderBy(asc(apiKeys.id))
      .limit(limit)
      .offset(skip)
  }

  /** A key of the site, by its id. */
  async withId(id: number, siteId: number): Promise<ApiKeyRow | null> {
    const [known] = await this.#database.primary
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.id, id), eq(apiKeys.siteId, siteId)))
    return known ?? null
  }

  /** Changes a key; answers how it is now, or null when it was revoked meanwhile. */
  async update(
    { id }: ApiKeyRow,
    changes: Partial<Pick<ApiKeyRow, 'name' | 'expiresAt' | 'permissionSet'>>,
    event: CredentialEvent,
  ): Promise<ApiKeyRow | null> {
    const db = this.#database.primary
    const [[changed]] = await db.batch([
      db.update(apiKeys).set(changes).where(eq(apiKeys.id, id)).returning(),
      recordEvent(db, event, sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${id})`),
    ])
    return changed ?? null
  }

  /** Revokes a key at once. False when it was revoked before. */
  async remove({ id }: ApiKeyRow, event: CredentialEvent): Promise<boolean> {
    const db = this.#database.primary
    const [, removed] = await db.batch([
      recordEvent(db, event, sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${id})`),
      db.delete(apiKeys).where(eq(apiKeys.id, id)).returning({ id: apiKeys.id }),
    ])
    return removed.length === 1
  }

  /** Deletes up to `limit` keys that have expired, or were paired and never used; answers how many. */
  async sweep(now: number, limit: number): Promise<number> {
    const db = this.#database.primary
    const expired = db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(and(isNotNull(apiKeys.expiresAt), lte(apiKeys.expiresAt, now)))
      .limit(limit)
    const unused = db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(
        and(
          isNotNull(apiKeys.pairingDigest),
          isNull(apiKeys.lastUsedAt),
          lte(apiKeys.createdAt, now - UNUSED_PAIRING_MS),
        ),
      )
      .limit(limit)
    const swept = await db
      .delete(apiKeys)
      .where(or(inArray(apiKeys.id, expired), inArray(apiKeys.id, unused)))
      .returning({ id: apiKeys.id })
    return swept.length
  }
}
