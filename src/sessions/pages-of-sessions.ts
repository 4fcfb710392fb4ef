import { Problem } from '../http/problem.ts'
import type { ListedSession } from './session-store.ts'

/** The ids of the user and session that a page of a list reads on from. @throws {Problem} request-params-invalid */
export function readSessionCursor(cursor: string | undefined): number[] {
  if (cursor === undefined) return []
  if (!/^\d{1,16}-\d{1,16}$/.test(cursor))
    throw new Problem('bad-request/request-params-invalid', { values: { name: 'cursor' } })
  return cursor.split('-').map(Number)
}

/** What leads to the next page; nothing where this one is not full. */
export function nextSessionPage(
  listed: ListedSession[],
  limit: number,
): { 'X-Files-Cursor'?: string } {
  const last = listed.length === limit ? listed.at(-1)?.session : undefined
  return last ? { 'X-Files-Cursor': `${last.userId}-${last.id}` } : {}
}
