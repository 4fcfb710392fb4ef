import * as z from 'zod'
import { apiKeyObject, permissionSet, viewApiKey } from '../api-keys/api-key-view.ts'
import {
  type ApiKeyNeeds,
  type CreateApiKeyNeeds,
  changeApiKey,
  createApiKey,
  findApiKey,
  revokeApiKey,
} from '../api-keys/manage-api-keys.ts'
import { clearableText, integer, nameText } from '../platform/check-parameters.ts'
import { idPageParameters, nextIdPage, readIdPage } from '../platform/pages-of-ids.ts'
import { Problem } from '../platform/problem.ts'
import { route } from '../platform/route.ts'
import type { Region } from '../regions/region.ts'
import { apiKeyItself, managingUser, reauthenticatedUser } from '../sessions/access.ts'
import type { Account } from '../users/account.ts'
import type { UserStore } from '../users/user-store.ts'

const id = integer()
const instant = z.iso.datetime({ offset: true })
const name = nameText(256)
const changeable = {
  name: name.optional(),
  expires_at: z
    .union([instant, clearableText(0)])
    .optional()
    .describe('Empty: the key lasts until it is revoked'),
}

const list = route<ApiKeyNeeds & { usersIn: (region: Region) => UserStore }>()(
  {
    method: 'GET',
    path: '/api_keys',
    summary: 'The API keys of a user',
    access: managingUser,
    parameters: z.object({
      user_id: integer().optional().describe('0, or none, means the current user'),
      ...idPageParameters,
    }),
    replies: {
      200: { description: 'The keys', body: z.array(apiKeyObject).meta({ id: 'ApiKeys' }) },
    },
    problems: ['not-authorized/user-id-without-site-admin', 'not-found/user-not-found'],
  },
  async ({ parameters, caller: { live, region }, services }) => {
    const userId = askedUserId(parameters.user_id, live)
    if (userId !== live.user.id) await services.usersIn(region).expectOf(live.site.id, userId)
    const page = readIdPage(parameters)
    const keys = await services.apiKeysIn(region).list({ userId, siteId: live.site.id }, page)
    return {
      status: 200,
      body: keys.map((key) => viewApiKey(key)),
      headers: nextIdPage(keys, page),
    }
  },
)

const create = route<CreateApiKeyNeeds>()(
  {
    method: 'POST',
    path: '/api_keys',
    summary: 'Make an API key for the current user',
    access: reauthenticatedUser,
    parameters: z.object({
      name,
      user_id: integer().optional().describe('0, or none: a key is made by its user only'),
      permission_set: permissionSet.optional().describe('`full` unless given'),
      platform: nameText(256).optional(),
      expires_at: changeable.expires_at,
    }),
    replies: { 201: { description: 'The key, with its text', body: apiKeyObject } },
    problems: ['not-authorized/cant-act-for-other-user', 'processing-failure/model-save-error'],
  },
  async ({ parameters, caller, services, request }) => {
    if (parameters.user_id && parameters.user_id !== caller.live.user.id)
      throw new Problem('not-authorized/cant-act-for-other-user')
    const made = await createApiKey(
      services,
      { live: caller.live, region: caller.region, request },
      {
        name: parameters.name,
        permissionSet: parameters.permission_set ?? 'full',
        platform: parameters.platform ?? null,
        expiresAt: millisecondsOf(parameters.expires_at) ?? null,
      },
    )
    return { status: 201, body: viewApiKey(made.key, made.text) }
  },
)

const find = route<ApiKeyNeeds>()(
  {
    method: 'GET',
    path: '/api_keys/:id',
    summary: 'An API key of the current user; of any user of the site for an admin',
    access: managingUser,
    parameters: z.object({ id }),
    replies: { 200: { description: 'The key', body: apiKeyObject } },
    problems: ['not-found/api-key-not-found'],
  },
  async ({ parameters, caller, services }) => ({
    status: 200,
    body: viewApiKey(await findApiKey(services, caller, parameters.id)),
  }),
)

const update = route<ApiKeyNeeds>()(
  {
    method: 'PATCH',
    path: '/api_keys/:id',
    summary: 'Change an API key',
    access: reauthenticatedUser,
    parameters: z.object({ id, ...changeable, permission_set: permissionSet.optional() }),
    replies: { 200: { description: 'The key as it is now', body: apiKeyObject } },
    problems: ['not-found/api-key-not-found', 'processing-failure/model-save-error'],
  },
  async ({ parameters, caller, services, request }) => {
    const key = await findApiKey(services, caller, parameters.id)
    const changes = changesOf(parameters)
    const acting = { live: caller.live, region: caller.region, request }
    return { status: 200, body: viewApiKey(await changeApiKey(services, acting, { key, changes })) }
  },
)

const remove = route<ApiKeyNeeds>()(
  {
    method: 'DELETE',
    path: '/api_keys/:id',
    summary: 'Revoke an API key, at once',
    access: managingUser,
    parameters: z.object({ id }),
    replies: { 204: { description: 'The key is revoked' } },
    problems: ['not-found/api-key-not-found'],
  },
  async ({ parameters, caller, services, request }) => {
    const key = await findApiKey(services, caller, parameters.id)
    await revokeApiKey(services, { live: caller.live, region: caller.region, request }, key)
    return { status: 204 }
  },
)

const showItself = route<unknown>()(
  {
    method: 'GET',
    path: '/api_key',
    summary: 'The API key in use',
    access: apiKeyItself,
    parameters: z.object({}),
    replies: { 200: { description: 'The key', body: apiKeyObject } },
    problems: [],
  },
  ({ caller }) => ({ status: 200, body: viewApiKey(caller.live.apiKey) }),
)

const updateItself = route<ApiKeyNeeds>()(
  {
    method: 'PATCH',
    path: '/api_key',
    summary: 'Rename the API key in use, or let it end sooner',
    access: apiKeyItself,
    parameters: z.object({ name: changeable.name, expires_at: instant.optional() }),
    replies: { 200: { description: 'The key as it is now', body: apiKeyObject } },
    problems: [
      'not-authorized/insufficient-permission-for-params',
      'processing-failure/model-save-error',
    ],
  },
  async ({ parameters, caller: { live, region }, services, request }) => {
    const { apiKey: key } = live
    const changes = changesOf(parameters)
    const isLater = changes.expiresAt && key.expiresAt !== null && changes.expiresAt > key.expiresAt
    if (isLater) throw new Problem('not-authorized/insufficient-permission-for-params')
    const changed = await changeApiKey(services, { live, region, request }, { key, changes })
    return { status: 200, body: viewApiKey(changed) }
  },
)

const removeItself = route<ApiKeyNeeds>()(
  {
    method: 'DELETE',
    path: '/api_key',
    summary: 'Revoke the API key in use: how a desktop app unpairs',
    access: apiKeyItself,
    parameters: z.object({}),
    replies: { 204: { description: 'The key is revoked' } },
    problems: [],
  },
  async ({ caller: { live, region }, services, request }) => {
    await revokeApiKey(services, { live, region, request }, live.apiKey)
    return { status: 204 }
  },
)

/** @throws {Problem} user-id-without-site-admin */
function askedUserId(asked: number | undefined, { user }: Account): number {
  const userId = asked || user.id
  if (userId !== user.id && !user.siteAdmin)
    throw new Problem('not-authorized/user-id-without-site-admin')
  return userId
}

function changesOf(sent: {
  name?: string | undefined
  expires_at?: string | undefined
  permission_set?: z.infer<typeof permissionSet> | undefined
}) {
  const expiresAt = millisecondsOf(sent.expires_at)
  return {
    ...(sent.name !== undefined && { name: sent.name }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(sent.permission_set !== undefined && { permissionSet: sent.permission_set }),
  }
}

/** Null for an empty text, which clears; undefined where nothing was sent. */
function millisecondsOf(instant: string | undefined): number | null | undefined {
  if (instant === undefined) return undefined
  return instant === '' ? null : Date.parse(instant)
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
