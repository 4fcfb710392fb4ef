import { invalidParameter } from '../http/problem.ts'
import { type Page, readPage } from '../storage/page.ts'
import type { ListedSession } from './session-store.ts'

/**
 * Reads the page that was requested, from the ids of the user and session that the cursor names.
 * @throws {Problem} request-params-invalid
 */
export function pageOfSessions(
  { cursor, limit: size }: { cursor: string | undefined; limit: number },
  read: (after: number[], limit: number) => Promise<ListedSession[]>,
): Promise<Page<ListedSession>> {
  if (cursor !== undefined && !/^\d{1,16}-\d{1,16}$/.test(cursor)) throw invalidParameter('cursor')
  const after = cursor === undefined ? [] : cursor.split('-').map(Number)
  return readPage(
    size,
    (limit) => read(after, limit),
    ({ session }) => `${session.userId}-${session.id}`,
  )
}
