import { and, eq, gt, sql } from 'drizzle-orm'
import { apiKeys } from '../api-keys/tables.ts'
import { type Authority, type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { networkOf } from '../http/ip-address.ts'
import { sites } from '../sites/tables.ts'
import { batch } from '../storage/batch.ts'
import { insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import { type Account, accountColumns, accountIsAsJudged } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { APPROVAL_LIFETIME_MS } from './pairing-key.ts'
import { networkNamed } from './poller.ts'
import { pairingApprovals } from './tables.ts'

type Approval = Omit<typeof pairingApprovals.$inferSelect, 'networks'> & {
  networks: string[]
}

/** A key that is created from an approval. */
interface PairedKey {
  id: number
  digest: string
  pairingDigest: string
  /** The IP address of the device that fetches it. */
  address: string | null
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** The pairing approvals of one region, at its primary. */
export class PairingLedger extends RegionStore {
  /**
   * Approves a key for the networks that its user has seen. If the user has approved it before, since `since`, adds
   * the networks. Null if somebody else approved it, or it has expired.
   */
  async approve(
    approval: Approval,
    since: number,
    _: Authority,
  ): Promise<'approved' | 'extended' | null> {
    const { networks, ...given } = approval
    const json = JSON.stringify(networks)
    const digest = { digest: pairingApprovals.digest }
    const { extended, approved } = await batch(this.database, {
      extended: this.db
        .update(pairingApprovals)
        .set({
          approvedAt: approval.approvedAt,
          networks: sql`(SELECT json_group_array(value) FROM (
            SELECT value FROM json_each(${pairingApprovals.networks})
            UNION SELECT value FROM json_each(${json})))`,
        })
        .where(
          and(
            isLive(approval.digest, approval.userId, since),
            eq(pairingApprovals.credentialVersion, approval.credentialVersion),
          ),
        )
        .returning(digest),
      approved: this.db
        .insert(pairingApprovals)
        .values({ ...given, networks: json })
        .onConflictDoNothing()
        .returning(digest),
      noted: this.forms.noting(sql`EXISTS (SELECT 1 FROM pairing_approvals
        WHERE digest = ${approval.digest} AND user_id = ${approval.userId})`),
    })
    if (extended.length > 0) return 'extended'
    return approved.length > 0 ? 'approved' : null
  }

  /** The networks that a user has approved a key for since `since`; null if they have not, or it was fetched. */
  async networksOf(digest: string, userId: number, since: number): Promise<string[] | null> {
    const [found] = await this.db
      .select({ networks: pairingApprovals.networks })
      .from(pairingApprovals)
      .where(isLive(digest, userId, since))
    return found ? (JSON.parse(found.networks) as string[]) : null
  }

  /** Withdraws a user's approval. False if there is none, or the key was fetched. */
  async withdraw(digest: string, userId: number): Promise<boolean> {
    const withdrawn = await this.db
      .delete(pairingApprovals)
      .where(and(eq(pairingApprovals.digest, digest), eq(pairingApprovals.userId, userId)))
      .returning({ digest: pairingApprovals.digest })
    return withdrawn.length > 0
  }

  /** The user who approved a key since `since`; null if nobody has, or it was fetched. */
  async approverOf(digest: string, since: number): Promise<Account | null> {
    const [approver] = await this.db
      .select(accountColumns)
      .from(pairingApprovals)
      .innerJoin(users, eq(users.id, pairingApprovals.userId))
      .innerJoin(sites, eq(sites.id, pairingApprovals.siteId))
      .where(and(eq(pairingApprovals.digest, digest), gt(pairingApprovals.approvedAt, since)))
    return approver ?? null
  }

  /**
   * Creates the API key of an approval, once: of many devices that fetch it, one from a network that its user has
   * approved, while the user is as they were judged. False if there is no such approval. Repeated after a lost
   * connection, it finds its own work.
   */
  async redeem(key: PairedKey, event: CredentialEvent, approver: Account): Promise<boolean> {
    const isCreated = sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${key.id})`
    const since = key.at - APPROVAL_LIFETIME_MS
    const networkOfKey = key.address && networkOf(key.address)
    const network = networkNamed(key.address)
    const redeeming = batch(this.database, {
      made: insertFrom(
        this.db,
        apiKeys,
        {
          id: key.id,
          digest: key.digest,
          siteId: sql`a.site_id`,
          userId: sql`a.user_id`,
          name: sql`a.computer`,
          permissionSet: 'desktop_app',
          path: null,
          workspaceId: 0,
          description: '',
          platform: sql`a.platform`,
          createdAt: key.at,
          expiresAt: sql`CASE WHEN s.desktop_app_session_lifetime > 0
            THEN ${key.at} + s.desktop_app_session_lifetime * 3600000 END`,
          lastUsedAt: null,
          pairingDigest: key.pairingDigest,
          address: key.address,
          parentId: null,
        },
        {
          from: sql`pairing_approvals AS a
            JOIN users AS u ON u.id = a.user_id JOIN sites AS s ON s.id = a.site_id`,
          where: sql`a.digest = ${key.pairingDigest} AND a.approved_at > ${since}
            AND u.id = ${approver.user.id}
            AND EXISTS (SELECT 1 FROM ${users} WHERE ${accountIsAsJudged(approver)})
            AND u.credential_version = a.credential_version AND s.desktop_app
            AND EXISTS (SELECT 1 FROM json_each(a.networks) AS seen WHERE seen.value = ${network})
            AND (NOT s.desktop_app_session_ip_pinning OR a.network IS ${networkOfKey})`,
        },
      ).onConflictDoNothing(),
      recorded: recordEvent(this.db, event, isCreated),
      spent: this.db
        .delete(pairingApprovals)
        .where(sql`${eq(pairingApprovals.digest, key.pairingDigest)} AND ${isCreated}`),
    })
    const redeemed = await redeeming.catch(async (error) => {
      if (await this.#exists(key.id).catch(() => false)) return null
      throw error
    })
    return redeemed === null || redeemed.made.meta.changes === 1
  }

  async #exists(id: number): Promise<boolean> {
    const found = await this.db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.id, id))
    return found.length > 0
  }
}

/** Whether a user has approved a key since `since`. */
function isLive(digest: string, userId: number, since: number) {
  return and(
    eq(pairingApprovals.digest, digest),
    eq(pairingApprovals.userId, userId),
    gt(pairingApprovals.approvedAt, since),
  )
}
