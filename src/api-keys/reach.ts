import type { ApiKeyRow } from './api-key.ts'

/** How far an API key goes: what it may do, where, and for how long. */
export type Reach = Pick<ApiKeyRow, 'permissionSet' | 'path' | 'expiresAt'>

/** What can be changed of an API key. */
export type KeyChanges = Partial<Reach & Pick<ApiKeyRow, 'name'>>

/** The parts of a reach, as the API calls them. */
export const reachNames = {
  permissionSet: 'permission_set',
  path: 'path',
  expiresAt: 'expires_at',
} as const

/** The parts of a reach that go further than another one's. */
export function widerParts(reach: Partial<Reach>, bound: Reach): (keyof Reach)[] {
  const { permissionSet, path, expiresAt } = reach
  const wider: (keyof Reach)[] = []
  if (permissionSet !== undefined && !isSetWithin(permissionSet, bound.permissionSet))
    wider.push('permissionSet')
  if (path !== undefined && !isPathWithin(path, bound.path)) wider.push('path')
  if (expiresAt !== undefined && !endsWithin(expiresAt, bound.expiresAt)) wider.push('expiresAt')
  return wider
}

/** The sets for apps and file servers cannot be compared: only `full` has all of them, and `none` has nothing. */
function isSetWithin(set: Reach['permissionSet'], bound: Reach['permissionSet']): boolean {
  return bound === 'full' || set === bound || set === 'none'
}

/** Paths are compared letter by letter: file servers may see two of them as one, and never the other way round. */
function isPathWithin(path: string | null, bound: string | null): boolean {
  return bound === null || path === bound || (path?.startsWith(`${bound}/`) ?? false)
}

function endsWithin(expiresAt: number | null, bound: number | null): boolean {
  return bound === null || (expiresAt !== null && expiresAt <= bound)
}

/**
 * A path as it is kept: without slashes at its ends; null for none.
 * @returns undefined where it is no path to a folder: what leads up again could lead out of another key's path
 */
export function readPath(sent: string): string | null | undefined {
  const path = sent.replace(/^\/+|\/+$/g, '')
  if (path === '') return null
  const isPlain = path.split('/').every((name) => !['', '.', '..'].includes(name.trim()))
  return isPlain && !path.includes('\\') ? path : undefined
}
