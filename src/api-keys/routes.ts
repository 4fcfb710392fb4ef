import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Requester } from '../access/actor.ts'
import type { Ctx } from '../context.ts'
import { readBoolean } from '../http/boolean-words.ts'
import { clearableNameText, clearableText, integer, nameText } from '../http/check-parameters.ts'
import { readInstant } from '../http/local-time.ts'
import { notSaved } from '../http/problem.ts'
import { listReply, type Reply, route } from '../http/route.ts'
import { refuseSettled, wholeObject, withoutEchoes } from '../http/whole-objects.ts'
import { accessSaveProblems, apiKeyItself, managingUser } from '../sessions/access.ts'
import { idPageParameters, pageOfIds } from '../storage/list-pages.ts'
import { type ListField, listParameters, readListQuery } from '../storage/list-query.ts'
import { seesSite } from '../users/account.ts'
import { listedUserId } from '../users/listed-user.ts'
import { type ApiKeyRow, type KeyChanges, readPath } from './api-key.ts'
import { apiKeyObject, permissionSet, viewApiKey } from './api-key-view.ts'
import { changeApiKey, createApiKey, findApiKey, revokeApiKey } from './manage-api-keys.ts'
import { apiKeys } from './tables.ts'

const id = integer()
const instant = z.iso.datetime({ offset: true })
const name = nameText(256)
const changeable = {
  name: name.optional(),
  description: clearableNameText(1_024).optional(),
  expires_at: z
    .union([instant, clearableText(0)])
    .optional()
    .describe('Empty: the key does not expire'),
  permission_set: permissionSet.optional(),
  path: clearableText(2_048)
    .optional()
    .describe('The folder that file servers limit the key to. Empty: none'),
}

const noAwsCredentials = z
  .boolean()
  .refine((isWanted) => !isWanted)
  .optional()
  .describe('true is refused: Latchkey creates no credentials for S3')

/** The owner, the platform and the workspace of an existing key cannot change. */
const settled = {
  user_id: integer().optional(),
  platform: nameText(256).optional(),
  workspace_id: integer().optional(),
  aws_style_credentials: noAwsCredentials,
}

const range = ['filter_gt', 'filter_gteq', 'filter_lt', 'filter_lteq'] as const
const keyListFields: Record<string, ListField> = {
  expires_at: {
    by: sql`${apiKeys.expiresAt}`,
    read: (text) => readInstant(text) ?? undefined,
    in: ['sort_by', 'filter', ...range],
  },
  site_id: { by: sql`${apiKeys.siteId}`, read: () => undefined, in: ['sort_by'] },
  workspace_id: { by: sql`${apiKeys.workspaceId}`, read: () => undefined, in: ['sort_by'] },
  aws_style_credentials: {
    by: sql`0`,
    read: (word) => Number(readBoolean(word) ?? Number.NaN),
    in: ['filter'],
  },
}

const list = route(
  {
    endpoint: 'GET /api_keys',
    summary: 'List the API keys of a user',
    access: managingUser,
    parameters: z.object({
      user_id: integer().optional().describe('0 or empty: the current user'),
      ...idPageParameters,
      ...listParameters(keyListFields),
    }),
    replies: { 200: listReply('The keys', apiKeyObject, 'ApiKeys') },
    problems: ['not-authorized/user-id-without-site-admin', 'not-found/user-not-found'],
  },
  async ({ parameters, caller, ctx }) => {
    const { live, region } = caller
    const userId = await listedUserId(ctx, caller, parameters.user_id)
    const { where, order } = readListQuery(keyListFields, parameters)
    const owned = { userId, siteId: live.site.id, now: ctx.clock(), where }
    const { rows, headers } = await pageOfIds(
      parameters,
      (page) => ctx.in(region).apiKeys.list(owned, page),
      ({ id }) => id,
      order,
    )
    return { status: 200, body: rows.map((key) => viewApiKey(key)), headers }
  },
)

const create = route(
  {
    endpoint: 'POST /api_keys',
    summary: 'Create an API key for the current user, or as an admin for any user of the site',
    access: managingUser,
    parameters: z.strictObject({
      ...changeable,
      name,
      user_id: integer().optional().describe('0 or empty: the current user'),
      permission_set: permissionSet.optional().describe('Default: `full`'),
      platform: nameText(256).optional(),
      workspace_id: integer()
        .min(0)
        .optional()
        .describe('The workspace that file servers limit the key to; 0 for none'),
      aws_style_credentials: noAwsCredentials,
    }),
    replies: { 201: { description: 'The key, with its text', body: apiKeyObject } },
    problems: [
      ...accessSaveProblems,
      'not-authorized/cant-act-for-other-user',
      'not-found/user-not-found',
    ],
  },
  async ({ parameters, actor, ctx }) => {
    const {
      path = null,
      expiresAt = null,
      permissionSet = 'full',
      description = '',
    } = changesOf(parameters)
    const made = await createApiKey(ctx, actor, {
      permissionSet,
      path,
      expiresAt,
      description,
      workspaceId: parameters.workspace_id ?? 0,
      userId: parameters.user_id || null,
      name: parameters.name,
      platform: parameters.platform ?? null,
    })
    return { status: 201, body: viewApiKey(made.key, made.text) }
  },
)

const find = route(
  {
    endpoint: 'GET /api_keys/:id',
    summary: 'Show an API key of the current user, or as an admin of any user of the site',
    access: managingUser,
    parameters: z.object({ id }),
    replies: { 200: { description: 'The key', body: apiKeyObject } },
    problems: ['not-found/api-key-not-found'],
  },
  async ({ parameters, caller, ctx }) => ({
    status: 200,
    body: viewApiKey(await findApiKey(ctx, caller, parameters.id, seesSite)),
  }),
)

const update = route(
  {
    endpoint: 'PATCH /api_keys/:id',
    summary: 'Change an API key',
    access: managingUser,
    parameters: wholeObject({ id, ...changeable, ...settled }, apiKeyObject),
    replies: { 200: { description: 'The changed key', body: apiKeyObject } },
    problems: [...accessSaveProblems, 'not-found/api-key-not-found'],
  },
  async ({ parameters, caller, actor, ctx }) => {
    const key = await findApiKey(ctx, caller, parameters.id)
    return changed(ctx, actor, { key, parameters })
  },
)

const remove = route(
  {
    endpoint: 'DELETE /api_keys/:id',
    summary: 'Revoke an API key at once, with the keys that it created',
    access: managingUser,
    parameters: z.strictObject({ id }),
    replies: { 204: { description: 'The key was revoked' } },
    problems: ['not-found/api-key-not-found'],
  },
  async ({ parameters, caller, actor, ctx }) => {
    const key = await findApiKey(ctx, caller, parameters.id)
    await revokeApiKey(ctx, actor, key)
    return { status: 204 }
  },
)

const showItself = route(
  {
    endpoint: 'GET /api_key',
    summary: 'Show the current API key',
    access: apiKeyItself,
    replies: { 200: { description: 'The key', body: apiKeyObject } },
  },
  ({ caller }) => ({ status: 200, body: viewApiKey(caller.live.apiKey) }),
)

const updateItself = route(
  {
    endpoint: 'PATCH /api_key',
    summary: 'Rename or narrow the current API key, or let it expire sooner',
    access: apiKeyItself,
    parameters: wholeObject({ ...changeable, ...settled }, apiKeyObject),
    replies: { 200: { description: 'The changed key', body: apiKeyObject } },
    problems: [
      'not-authorized/insufficient-permission-for-params',
      'processing-failure/model-save-error',
    ],
  },
  async ({ parameters, caller, actor, ctx }) => {
    const key = caller.live.apiKey
    return changed(ctx, actor, { key, parameters })
  },
)

const removeItself = route(
  {
    endpoint: 'DELETE /api_key',
    summary: 'Revoke the current API key. A desktop app unpairs with this',
    access: apiKeyItself,
    parameters: z.strictObject({}),
    replies: { 204: { description: 'The key was revoked' } },
  },
  async ({ caller, actor, ctx }) => {
    await revokeApiKey(ctx, actor, caller.live.apiKey)
    return { status: 204 }
  },
)

/** @throws {Problem} model-save-error, also for what cannot change after the key was created */
async function changed(
  ctx: Ctx,
  actor: Requester,
  input: { key: ApiKeyRow; parameters: SentKey & { user_id?: number | undefined } },
): Promise<Reply> {
  const { key, parameters } = input
  const sent = withoutEchoes(
    { ...parameters, user_id: parameters.user_id || undefined },
    { ...viewApiKey(key) },
  )
  refuseSettled(sent, Object.keys(settled))
  const after = await changeApiKey(ctx, actor, { key, sent: changesOf(sent) })
  return { status: 200, body: viewApiKey(after) }
}

type SentKey = z.infer<z.ZodObject<typeof changeable>>

function changesOf(sent: SentKey): KeyChanges {
  const expiresAt = sent.expires_at === undefined ? undefined : readInstant(sent.expires_at)
  const path = sent.path === undefined ? undefined : readPath(sent.path)
  if (sent.path !== undefined && path === undefined) throw notSaved({ path: ['path-malformed'] })
  return {
    ...(sent.name !== undefined && { name: sent.name }),
    ...(sent.description !== undefined && { description: sent.description }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(sent.permission_set !== undefined && { permissionSet: sent.permission_set }),
    ...(path !== undefined && { path }),
  }
}

export const apiKeyRoutes = [
  list,
  create,
  find,
  update,
  remove,
  showItself,
  updateItself,
  removeItself,
]
