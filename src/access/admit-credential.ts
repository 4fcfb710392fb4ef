import { KEY_TOUCH_INTERVAL_MS, type LiveApiKey, whyKeyRefused } from '../api-keys/api-key.ts'
import type { ApiKeyStore } from '../api-keys/api-key-store.ts'
import { apiKeyDigest, regionOfApiKey } from '../api-keys/api-key-text.ts'
import type { Ctx } from '../context.ts'
import { invalidCredentials, Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { regionMismatch } from '../login/refusals.ts'
import type { AdmittedApiKey, AdmittedSession } from '../sessions/access.ts'
import { type PresentedSession, readCredential } from '../sessions/credential.ts'
import {
  type LiveSession,
  OF_ANOTHER_NETWORK,
  TOUCH_INTERVAL_MS,
  timeoutAfterUse,
  whyRefused,
} from '../sessions/session.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { SentApiKey, SentCredentials } from './sent-credentials.ts'

/** Reads the session that was sent. Does not check whether it is active. @throws {Problem} */
export async function presentedSession(ctx: Ctx, sent: SentCredentials): Promise<PresentedSession> {
  if (sent.session === null && sent.apiKey === null)
    throw new Problem('not-authenticated/authentication-required')
  const presented = sent.session && (await readCredential(ctx, sent.session, ctx.clock()))
  if (!presented) throw invalidCredentials('neither a session string nor a session token of ours')
  return presented
}

/** Returns the caller of an active session. @throws {Problem} */
export async function admitBySession(
  ctx: Ctx,
  { sent, facts }: { sent: SentCredentials; facts: RequestFacts },
  readFrom: 'nearest' | 'primary',
): Promise<AdmittedSession> {
  const presented = await presentedSession(ctx, sent)
  const now = ctx.clock()
  const { region: home } = presented
  const request = { now, epoch: ctx.epoch, scope: ctx.scope, client: facts, home }
  const sessions = ctx.in(home).sessions
  const isRefused = (found: LiveSession) => whyRefused(found, request) !== null
  const live =
    readFrom === 'primary'
      ? await sessions.findAtPrimary(presented.key)
      : await sessions.find(presented.key, now, isRefused)
  if (!live) throw invalidCredentials('no such session')
  const reason = whyRefused(live, request)
  if (reason === OF_ANOTHER_NETWORK) ctx.afterReply(recordMisuse(ctx, { live, home, facts }))
  if (reason === 'region_mismatch') throw regionMismatch(home, ctx.globalOrigin)
  if (reason !== null) throw invalidCredentials(reason)
  return { by: 'session', live: await touchedSession(sessions, live, now), presented, region: home }
}

/** Records the use of a session from a network that it is not pinned to, so that admins see it. */
function recordMisuse(
  ctx: Ctx,
  { live, home, facts }: { live: LiveSession; home: Region; facts: RequestFacts },
): Promise<void> {
  const { user, site, session } = live
  const attempt = {
    id: newId(home.code),
    siteId: site.id,
    username: user.username,
    at: ctx.clock(),
    address: facts.address,
    userAgent: facts.userAgent,
    requestId: facts.id,
  }
  return ctx.in(home).attempts.recordMisuse(attempt, { userId: user.id, sessionId: session.id })
}

/** Stores the use if the stored one is old enough, which extends the timeout. */
async function touchedSession(
  sessions: SessionStore,
  live: LiveSession,
  now: number,
): Promise<LiveSession> {
  const { session, site } = live
  if (now - session.lastUsedAt < TOUCH_INTERVAL_MS) return live
  const timeoutAt = timeoutAfterUse(now, session.endsAt, site.sessionExpiry)
  if (!(await sessions.touch(session, { at: now, timeoutAt })))
    throw invalidCredentials('just ended')
  return { ...live, session: { ...session, lastUsedAt: now, timeoutAt } }
}

/** Returns the caller of a valid API key. @throws {Problem} */
export async function admitByKey(
  ctx: Ctx,
  { key, facts }: { key: SentApiKey; facts: RequestFacts },
  readFrom: 'nearest' | 'primary',
): Promise<AdmittedApiKey> {
  const home = regionOfApiKey(key.text, ctx.regions)
  if (!home) throw invalidCredentials('no API key of ours')
  const now = ctx.clock()
  const use = { now, scope: ctx.scope, client: facts, home }
  const apiKeys = ctx.in(home).apiKeys
  const digest = await apiKeyDigest(key.text)
  const isRefused = (found: LiveApiKey) => whyKeyRefused(found, use) !== null
  const live =
    readFrom === 'primary'
      ? await apiKeys.findAtPrimary(digest)
      : await apiKeys.find(digest, now, isRefused)
  if (!live) throw invalidCredentials('no such key')
  if (key.id !== null && key.id !== String(live.apiKey.id))
    throw invalidCredentials('key of another id')
  const reason = whyKeyRefused(live, use)
  if (reason === 'region_mismatch') throw regionMismatch(home, ctx.globalOrigin)
  if (reason !== null) throw invalidCredentials(reason)
  return { by: 'api-key', live: await touchedKey(apiKeys, live, now), region: home }
}

/** Stores the use if the stored one is old enough. */
async function touchedKey(
  apiKeys: ApiKeyStore,
  live: LiveApiKey,
  now: number,
): Promise<LiveApiKey> {
  const { apiKey } = live
  if (apiKey.lastUsedAt !== null && now - apiKey.lastUsedAt < KEY_TOUCH_INTERVAL_MS) return live
  if (!(await apiKeys.touch(apiKey, now))) throw invalidCredentials('just revoked')
  return { ...live, apiKey: { ...apiKey, lastUsedAt: now } }
}
