import type { ApiKeyRow } from './api-key.ts'

/** The scope of an API key: its permissions, its folder, its lifetime. */
export type Reach = Pick<ApiKeyRow, 'permissionSet' | 'path' | 'workspaceId' | 'expiresAt'>

/** The changeable parts of an API key. */
export type KeyChanges = Partial<
  Omit<Reach, 'workspaceId'> & Pick<ApiKeyRow, 'name' | 'description'>
>

/** The parts of a scope by their API names. */
export const reachNames = {
  permissionSet: 'permission_set',
  path: 'path',
  workspaceId: 'workspace_id',
  expiresAt: 'expires_at',
} as const

/** The parts of a scope that are wider than another's. */
export function widerParts(reach: Partial<Reach>, bound: Reach): (keyof Reach)[] {
  const { permissionSet, path, workspaceId, expiresAt } = reach
  const wider: (keyof Reach)[] = []
  if (permissionSet !== undefined && !isSetWithin(permissionSet, bound.permissionSet))
    wider.push('permissionSet')
  if (path !== undefined && !isPathWithin(path, bound.path)) wider.push('path')
  if (workspaceId !== undefined && ![0, workspaceId].includes(bound.workspaceId))
    wider.push('workspaceId')
  if (expiresAt !== undefined && !endsWithin(expiresAt, bound.expiresAt)) wider.push('expiresAt')
  return wider
}

/** Sets for apps and file servers cannot be compared: only `full` contains all others, and `none` contains nothing. */
function isSetWithin(set: Reach['permissionSet'], bound: Reach['permissionSet']): boolean {
  return bound === 'full' || set === bound || set === 'none'
}

/** Paths are compared exactly. File servers may treat two paths as one, but never one as two. */
function isPathWithin(path: string | null, bound: string | null): boolean {
  return bound === null || path === bound || (path?.startsWith(`${bound}/`) ?? false)
}

function endsWithin(expiresAt: number | null, bound: number | null): boolean {
  return bound === null || (expiresAt !== null && expiresAt <= bound)
}

/**
 * Reads a path in its stored form, without slashes at its ends; null for none.
 * @returns undefined if it is not a path to a folder, because `..` could lead out of another key's folder
 */
export function readPath(sent: string): string | null | undefined {
  const path = sent.replace(/^\/+|\/+$/g, '')
  if (path === '') return null
  const isPlain = path.split('/').every((name) => !['', '.', '..'].includes(name.trim()))
  return isPlain && !path.includes('\\') ? path : undefined
}
