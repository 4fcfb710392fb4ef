import { expectAnswer } from './client.ts'
import type { Runtime } from './runtime.ts'
import type { Subject } from './subject.ts'

/** Of the secret and salt in floor-worker.ts, computed by node:crypto (OpenSSL) outside of Workers. */
const ARGON2ID = '23ae6e6a4bf03925dce5f7d1c22cfbf6a8eaf7a5cea4cf5c16d593f7bb11adfd'

/** As many rows as users elsewhere. */
const ROWS = 5_000

/** The least that any service on workerd can do. */
export async function floorSubjects(runtime: Runtime): Promise<Subject[]> {
  const database = await runtime.database('floor', 'DB')
  await database
    .prepare(
      `CREATE TABLE sessions (digest text PRIMARY KEY NOT NULL, id integer NOT NULL,
        user_id integer NOT NULL, created_at integer NOT NULL, timeout_at integer NOT NULL)`,
    )
    .run()
  await database
    .prepare(
      `INSERT INTO sessions WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ${ROWS})
        SELECT printf('%043d', n), n, n, n, n FROM n`,
    )
    .run()
  const subject = (
    name: string,
    [worker, path]: [string, string],
    isRight: (text: string) => boolean,
  ) =>
    runtime.portOf(worker).then(
      (port): Subject => ({
        name,
        group: 'floor',
        port,
        ask: () => ({ method: 'GET', path }),
        check: (answer) => expectAnswer(answer, 200, isRight),
      }),
    )
  return Promise.all([
    subject('empty handler', ['floor', '/empty'], (text) => text === 'ok'),
    subject('empty handler in Hono', ['hono', '/empty'], (text) => text === 'ok'),
    subject(
      'one D1 read by key',
      ['floor', `/read?key=${'1234'.padStart(43, '0')}`],
      (text) => JSON.parse(text).id === 1234,
    ),
    subject('bare Argon2id', ['floor', '/argon2id'], (text) => JSON.parse(text).hash === ARGON2ID),
  ])
}
