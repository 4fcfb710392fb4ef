import type { Requester } from '../access/actor.ts'
import { changesBetween, eventBy } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { withoutEchoes } from '../http/whole-objects.ts'
import { credentialNotice } from '../notifications/notice-mails.ts'
import { storageUnavailable } from '../storage/guarded-storage.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Account, User } from '../users/account.ts'
import {
  type ApiKeyRow,
  type KeyChanges,
  type PermissionSet,
  reachNames,
  widerParts,
} from './api-key.ts'
import { apiKeyDigest, newApiKeyText } from './api-key-text.ts'
import { viewApiKey } from './api-key-view.ts'

export interface NewApiKey {
  /** The owner; null for the actor. */
  userId: number | null
  name: string
  permissionSet: PermissionSet
  /** The folder that it is limited to; null for none. */
  path: string | null
  /** 0 for none. */
  workspaceId: number
  description: string
  platform: string | null
  /** Milliseconds since the Unix epoch; null if it does not expire. */
  expiresAt: number | null
}

/**
 * Creates a key for the actor or, as an admin, for a user of the site, and notifies the user by email. Its text is
 * stored nowhere and returned once. A key that another key creates is revoked with it.
 * @throws {Problem} model-save-error; cant-act-for-other-user; user-not-found; and what `authorize` throws
 */
export async function createApiKey(
  ctx: Ctx,
  actor: Requester,
  { userId, ...settings }: NewApiKey,
): Promise<{ key: ApiKeyRow; text: string }> {
  const { live, region, apiKey: parent } = actor
  const now = ctx.clock()
  refusePast(settings.expiresAt, now)
  const owner = await ownerOf(ctx, actor, userId ?? live.user.id)
  const authority = await actor.authorize({ what: 'api-key-created', owner, key: settings })
  const text = newApiKeyText(region)
  const key: ApiKeyRow = {
    ...settings,
    id: newId(region.code),
    digest: await apiKeyDigest(text),
    siteId: live.site.id,
    userId: owner.id,
    createdAt: now,
    lastUsedAt: null,
    pairingDigest: null,
    address: null,
    parentId: parent?.id ?? null,
  }
  const event = eventBy(actor, {
    event: 'api_key_created',
    authority,
    at: now,
    userId: owner.id,
    changes: {
      ...changesBetween(null, viewApiKey(key)),
      ...(parent && { made_by: [null, parent.name] }),
    },
  })
  const account = { user: owner, site: live.site }
  const content = { kind: 'apiKeyMade', named: settings.name, at: now } as const
  const notice = await credentialNotice(ctx, { account, region }, content)
  const made = { event, notice, owner: account, parent }
  const outcome = await ctx.in(region).apiKeys.insert(key, made)
  if (outcome === 'too-many') throw notSaved({ base: ['too-many-keys'] })
  if (outcome === 'changed') throw storageUnavailable('the user or site changed at the same time')
  if (notice) ctx.workAfterReply([notice])
  return { key, text }
}

/**
 * Finds a key that the actor may manage: their own, or as an admin any of the site.
 * @throws {Problem} api-key-not-found, also for other users' keys
 */
export async function findApiKey(
  ctx: Ctx,
  { live, region }: { live: Account; region: Region },
  id: number,
  mayTouchOthers = (user: User) => user.siteAdmin,
): Promise<ApiKeyRow> {
  const key = await ctx.in(region).apiKeys.withId(id, live.site.id, ctx.clock())
  if (!key || (key.userId !== live.user.id && !mayTouchOthers(live.user))) throw notFound()
  return key
}

/**
 * Changes a key. Keys that it created and that would then be wider are revoked, and none outlives it.
 * @throws {Problem} model-save-error; api-key-not-found if it was revoked meanwhile; and what `authorize` throws
 */
export async function changeApiKey(
  ctx: Ctx,
  actor: Requester,
  { key, sent }: { key: ApiKeyRow; sent: KeyChanges },
): Promise<ApiKeyRow> {
  const now = ctx.clock()
  const changes = withoutEchoes(sent, key)
  if (Object.keys(changes).length === 0) return key
  refusePast(changes.expiresAt ?? null, now)
  const owner = await ownerOf(ctx, actor, key.userId)
  const authority = await actor.authorize({ what: 'api-key-changed', owner, key, changes })
  const { live, region } = actor
  const store = ctx.in(region).apiKeys
  const parent = key.parentId === null ? null : await store.withId(key.parentId, live.site.id, now)
  if (key.parentId !== null && !parent) throw notFound()
  const [wider] = parent ? widerParts(changes, parent) : []
  if (wider) throw notSaved({ [reachNames[wider]]: ['wider-than-parent'] })
  const event = eventBy(actor, {
    event: 'api_key_changed',
    authority,
    at: now,
    userId: key.userId,
    changes: changesBetween(viewApiKey(key), viewApiKey({ ...key, ...changes })),
  })
  const changed = await store.update(key, changes, { event, parent })
  if (!changed) throw notFound()
  return changed
}

/** Revokes a key and those that it created. @throws {Problem} api-key-not-found if it was revoked before */
export async function revokeApiKey(ctx: Ctx, actor: Requester, key: ApiKeyRow): Promise<void> {
  const owner = await ownerOf(ctx, actor, key.userId)
  const authority = await actor.authorize({ what: 'api-key-revoked', owner, key })
  const event = eventBy(actor, {
    event: 'api_key_deleted',
    authority,
    at: ctx.clock(),
    userId: key.userId,
    changes: { name: [key.name, null] },
  })
  if (!(await ctx.in(actor.region).apiKeys.remove(key, event))) throw notFound()
}

/** The owner, or future owner, of a key. */
async function ownerOf(
  ctx: Ctx,
  { live, region }: Pick<Requester, 'live' | 'region'>,
  userId: number,
): Promise<User> {
  if (userId === live.user.id) return live.user
  if (!live.user.siteAdmin) throw new Problem('not-authorized/cant-act-for-other-user')
  const owner = await ctx.in(region).users.withId(userId)
  if (owner?.site.id !== live.site.id) throw new Problem('not-found/user-not-found')
  return owner.user
}

function refusePast(expiresAt: number | null, now: number): void {
  if (expiresAt !== null && expiresAt <= now)
    throw notSaved({ expires_at: ['expires-in-the-past'] })
}

function notFound(): Problem {
  return new Problem('not-found/api-key-not-found')
}
