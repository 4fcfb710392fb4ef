import { changesBetween } from '../history/credential-event.ts'
import { type Acting, eventBy } from '../history/event-by.ts'
import { credentialMail } from '../mail/credential-mail.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Waiting } from '../outbox/work-outbox.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { Region } from '../regions/region.ts'
import type { Account } from '../users/account.ts'
import type { ApiKeyRow, PermissionSet } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'
import { apiKeyDigest, newApiKeyText } from './api-key-text.ts'
import { viewApiKey } from './api-key-view.ts'

export interface ApiKeyNeeds {
  clock: Clock
  apiKeysIn: (region: Region) => ApiKeyStore
}

export interface CreateApiKeyNeeds extends ApiKeyNeeds {
  globalOrigin: URL
  outboxIn: (region: Region) => Outbox
  workAfterReply: (waiting: Waiting[]) => void
}

/** Who acts on keys, and by which request. */
export interface KeyActing extends Acting {
  live: Account
}

export interface NewApiKey {
  name: string
  permissionSet: PermissionSet
  platform: string | null
  /** Milliseconds since the Unix epoch; null for a key that lasts. */
  expiresAt: number | null
}

/**
 * Makes a key for the caller, and tells the user by mail. Its text is kept nowhere: this is the one
 * time that it is shown.
 * @throws {Problem} model-save-error
 */
export async function createApiKey(
  { clock, apiKeysIn, globalOrigin, outboxIn, workAfterReply }: CreateApiKeyNeeds,
  acting: KeyActing,
  asked: NewApiKey,
): Promise<{ key: ApiKeyRow; text: string }> {
  const { live, region } = acting
  const now = clock()
  refusePast(asked.expiresAt, now)
  const text = newApiKeyText(region)
  const key: ApiKeyRow = {
    ...asked,
    id: newId(region.code),
    digest: await apiKeyDigest(text),
    siteId: live.site.id,
    userId: live.user.id,
    createdAt: now,
    lastUsedAt: null,
    pairingDigest: null,
    address: null,
  }
  const event = eventBy(acting, {
    ...{ event: 'api_key_created', at: now },
    changes: changesBetween(null, viewApiKey(key)),
  })
  const outbox = outboxIn(region)
  const mail = credentialMail(live, {
    news: 'apiKeyMade',
    named: asked.name,
    at: now,
    globalOrigin,
  })
  const notice = mail && { outbox, task: await outbox.prepare('mail', mail, now) }
  const inserted = await apiKeysIn(region).insert(key, {
    ...{ event, notice, credentialVersion: live.user.credentialVersion },
  })
  if (!inserted)
    throw new Problem('processing-failure/model-save-error', {
      modelErrors: { base: ['too-many-keys'] },
    })
  if (notice) workAfterReply([notice])
  return { key, text }
}

/**
 * The key with this id, if the caller may manage it: its own, or as an admin any of its site.
 * @throws {Problem} api-key-not-found, whether it is somebody else's or nobody's
 */
export async function findApiKey(
  { apiKeysIn }: ApiKeyNeeds,
  { live, region }: { live: Account; region: Region },
  id: number,
): Promise<ApiKeyRow> {
  const key = await apiKeysIn(region).withId(id, live.site.id)
  if (!key || (key.userId !== live.user.id && !live.user.siteAdmin)) throw notFound()
  return key
}

/** @throws {Problem} model-save-error; api-key-not-found when it was revoked meanwhile */
export async function changeApiKey(
  { clock, apiKeysIn }: ApiKeyNeeds,
  acting: KeyActing,
  {
    key,
    changes,
  }: { key: ApiKeyRow; changes: Partial<Pick<NewApiKey, 'name' | 'expiresAt' | 'permissionSet'>> },
): Promise<ApiKeyRow> {
  const now = clock()
  refusePast(changes.expiresAt ?? null, now)
  if (Object.keys(changes).length === 0) return key
  const event = eventBy(acting, {
    ...{ event: 'api_key_changed', at: now, userId: key.userId },
    changes: changesBetween(viewApiKey(key), viewApiKey({ ...key, ...changes })),
  })
  const changed = await apiKeysIn(acting.region).update(key, changes, event)
  if (!changed) throw notFound()
  return changed
}

/** Ends a key at once. @throws {Problem} api-key-not-found when it was revoked before */
export async function revokeApiKey(
  { clock, apiKeysIn }: ApiKeyNeeds,
  acting: KeyActing,
  key: ApiKeyRow,
): Promise<void> {
  const event = eventBy(acting, {
    ...{ event: 'api_key_deleted', at: clock(), userId: key.userId },
    changes: { name: [key.name, null] },
  })
  if (!(await apiKeysIn(acting.region).remove(key, event))) throw notFound()
}

function refusePast(expiresAt: number | null, now: number): void {
  if (expiresAt !== null && expiresAt <= now)
    throw new Problem('processing-failure/model-save-error', {
      modelErrors: { expires_at: ['expires-in-the-past'] },
    })
}

function notFound(): Problem {
  return new Problem('not-found/api-key-not-found')
}
