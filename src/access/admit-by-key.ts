import { KEY_TOUCH_INTERVAL_MS, type LiveApiKey, whyKeyRefused } from '../api-keys/api-key.ts'
import type { ApiKeyStore } from '../api-keys/api-key-store.ts'
import { apiKeyDigest, regionOfApiKey } from '../api-keys/api-key-text.ts'
import type { Ctx } from '../context.ts'
import { invalidCredentials } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { regionMismatch } from '../login/refusals.ts'
import type { AdmittedApiKey } from '../sessions/access.ts'
import type { SentApiKey } from './sent-credentials.ts'

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
  return { by: 'api-key', live: await touched(apiKeys, live, now), region: home }
}

/** Stores the use if the stored one is old enough. */
async function touched(apiKeys: ApiKeyStore, live: LiveApiKey, now: number): Promise<LiveApiKey> {
  const { apiKey } = live
  if (apiKey.lastUsedAt !== null && now - apiKey.lastUsedAt < KEY_TOUCH_INTERVAL_MS) return live
  if (!(await apiKeys.touch(apiKey, now))) throw invalidCredentials('just revoked')
  return { ...live, apiKey: { ...apiKey, lastUsedAt: now } }
}
