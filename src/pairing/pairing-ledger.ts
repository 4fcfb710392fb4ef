import { eq, inArray, lt, sql } from 'drizzle-orm'
import { apiKeys } from '../api-keys/tables.ts'
import type { Authority } from '../history/authority.ts'
import { type CredentialEvent, recordEvent } from '../history/credential-event.ts'
import { networkOf } from '../platform/ip-address.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { sites } from '../sites/tables.ts'
import { type Account, accountColumns } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { APPROVAL_LIFETIME_MS } from './pairing-key.ts'
import { pairingApprovals } from './tables.ts'

export type ApprovalRow = typeof pairingApprovals.$inferSelect

/** A key that is to be made of an approval. */
export interface PairedKey {
  id: number
  digest: string
  pairingDigest: string
  /** Of the device that fetches it. */
  address: string | null
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** The approvals of one region, at its primary. */
export class PairingLedger {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /** False when the key is approved already. */
  async approve(approval: ApprovalRow, _: Authority): Promise<boolean> {
    const approved = await this.#database.primary
      .insert(pairingApprovals)
      .values(approval)
      .onConflictDoNothing()
      .returning({ digest: pairingApprovals.digest })
    return approved.length === 1
  }

  async withdraw(digest: string): Promise<void> {
    await this.#database.primary.delete(pairingApprovals).where(eq(pairingApprovals.digest, digest))
  }

  /**
   * Makes the API key of an approval, once: of many that fetch it, one. Answers whose key it is, or null
   * where there is no approval that is good. After a lost connection it finds its own work.
   */
  async redeem(
    key: PairedKey,
    event: Omit<CredentialEvent, 'siteId' | 'userId'>,
  ): Promise<Account | null> {
    const db = this.#database.primary
    const made = sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${key.id})`
    const { siteId, userId } = {
      siteId: sql`(SELECT site_id FROM api_keys WHERE id = ${key.id})`,
      userId: sql`(SELECT user_id FROM api_keys WHERE id = ${key.id})`,
    } as unknown as Pick<CredentialEvent, 'siteId' | 'userId'>
    const since = key.at - APPROVAL_LIFETIME_MS
    const networkOfKey = key.address && networkOf(key.address)
    const batch = db.batch([
      db
        .insert(apiKeys)
        .select(sql`
          SELECT ${key.id}, ${key.digest}, a.site_id, a.user_id, a.computer, 'desktop_app', NULL,
            a.platform, ${key.at},
            CASE WHEN s.desktop_app_session_lifetime > 0
              THEN ${key.at} + s.desktop_app_session_lifetime * 3600000 END,
            NULL, ${key.pairingDigest},
            ${key.address}, NULL
          FROM pairing_approvals AS a
          JOIN users AS u ON u.id = a.user_id
          JOIN sites AS s ON s.id = a.site_id
          WHERE a.digest = ${key.pairingDigest} AND a.approved_at > ${since} AND NOT u.disabled
            AND u.credential_version = a.credential_version AND s.desktop_app
            AND (NOT s.desktop_app_session_ip_pinning OR a.network IS ${networkOfKey})`)
        .onConflictDoNothing(),
      recordEvent(db, { ...event, siteId, userId }, made),
      db
        .delete(pairingApprovals)
        .where(sql`${eq(pairingApprovals.digest, key.pairingDigest)} AND ${made}`),
    ])
    await batch.catch(async (error) => {
      if (!(await this.#ownerOf(key.id).catch(() => null))) throw error
    })
    return this.#ownerOf(key.id)
  }

  async #ownerOf(id: number): Promise<Account | null> {
    const [owner] = await this.#database.primary
      .select(accountColumns)
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId))
      .innerJoin(sites, eq(sites.id, apiKeys.siteId))
      .where(eq(apiKeys.id, id))
    return owner ?? null
  }

  /** Forgets up to `limit` approvals from before `before`; answers how many. */
  async sweep(before: number, limit: number): Promise<number> {
    const db = this.#database.primary
    const old = db
      .select({ digest: pairingApprovals.digest })
      .from(pairingApprovals)
      .where(lt(pairingApprovals.approvedAt, before))
      .limit(limit)
    const swept = await db
      .delete(pairingApprovals)
      .where(inArray(pairingApprovals.digest, old))
      .returning({ digest: pairingApprovals.digest })
    return swept.length
  }
}
