import * as z from 'zod'
import { apiObject } from '../http/route.ts'
import type { ApiKeyRow } from './api-key.ts'
import { permissionSets } from './tables.ts'

export const permissionSet = z.enum(permissionSets)

/** The API key object of the Files.com API. */
export const apiKeyObject = apiObject('ApiKey', {
  id: z.int(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  key: z.string().optional().describe('The key itself, shown once when it is created'),
  last_use_at: z.iso.datetime().nullable().describe('Updated every 5 minutes at most'),
  name: z.string(),
  description: z.string(),
  permission_set: permissionSet,
  path: z
    .string()
    .nullable()
    .describe('The folder that file servers limit the key to; null for none'),
  workspace_id: z.int().describe('The workspace that file servers limit the key to; 0 for none'),
  aws_style_credentials: z.literal(false),
  platform: z.string().nullable(),
  site_id: z.int(),
  user_id: z.int(),
})

/** Returns a key as its user sees it. @param text the key itself, once */
export function viewApiKey(key: ApiKeyRow, text?: string): z.infer<typeof apiKeyObject> {
  return {
    id: key.id,
    created_at: new Date(key.createdAt).toISOString(),
    expires_at: instant(key.expiresAt),
    ...(text !== undefined && { key: text }),
    last_use_at: instant(key.lastUsedAt),
    name: key.name,
    description: key.description,
    permission_set: key.permissionSet,
    path: key.path,
    workspace_id: key.workspaceId,
    aws_style_credentials: false,
    platform: key.platform,
    site_id: key.siteId,
    user_id: key.userId,
  }
}

function instant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}
