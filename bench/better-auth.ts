import { createHmac, randomBytes } from 'node:crypto'
import { type Answer, type Ask, ask, expectAnswer } from './client.ts'
import { cloneRows } from './clone-rows.ts'
import type { Bundle, Runtime, WorkerSpec } from './runtime.ts'
import type { Subject } from './subject.ts'

const SECRET = randomBytes(32).toString('base64url')
const PASSWORD = 'correct horse battery staple'
const HEADERS = { origin: 'http://localhost' }

export function betterAuthWorker(bundle: Bundle): WorkerSpec {
  return { bundle, bindings: { BETTER_AUTH_SECRET: SECRET }, databases: ['DB'] }
}

/** better-auth with as many users as asked for, all with the same password. */
export async function betterAuthSubjects(
  runtime: Runtime,
  worker: string,
  users: number,
): Promise<Subject[]> {
  const port = await runtime.portOf(worker)
  const database = await runtime.database(worker, 'DB')
  expectAnswer(await ask(port, { method: 'POST', path: '/migrate' }), 200)
  const mine = { email: 'user0@example.com', password: PASSWORD }
  const signUp = post('/api/auth/sign-up/email', { ...mine, name: 'user0' })
  expectAnswer(await ask(port, signUp), 200)
  const numbers = `(WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ${users})
    SELECT n FROM n) AS n`
  await cloneRows(database, 'user', {
    from: numbers,
    replaced: { id: `'user' || n`, name: `'user' || n`, email: `'user' || n || '@example.com'` },
  })
  await cloneRows(database, 'account', {
    from: numbers,
    replaced: { id: `'account' || n`, accountId: `'user' || n`, userId: `'user' || n` },
  })

  const emailOf = (user: number) => ({ email: `user${user % users}@example.com` })
  const signIn = (base: string, user: number): Ask =>
    post(`${base}/sign-in/email`, { ...mine, ...emailOf(user) })
  const cookieFor = async (base: string) => {
    const answer = await ask(port, signIn(base, 0))
    expectAnswer(answer, 200)
    return cookiesOf(answer)
  }
  const getSession = (base: string, cookie: string): Ask => ({
    method: 'GET',
    path: `${base}/get-session`,
    headers: { ...HEADERS, cookie },
  })
  const cookie = await cookieFor('/api/auth')
  const withCache = await cookieFor('/cached')
  const isSession = (text: string) => {
    const { session, user } = JSON.parse(text)
    return typeof session.token === 'string' && user.email === 'user0@example.com'
  }
  let cookies: string[] = []
  const subject = (name: string, one: Omit<Subject, 'name' | 'group' | 'port'>): Subject => ({
    name: `better-auth: ${name}`,
    group: 'better-auth',
    port,
    ...one,
  })
  return [
    subject('sign in', {
      ask: (call) => signIn('/api/auth', call),
      check: (answer) => expectAnswer(answer, 200, (text) => JSON.parse(text).token.length > 20),
    }),
    subject('wrong password', {
      ask: (call) =>
        post('/api/auth/sign-in/email', { ...emailOf(call), password: `wrong ${call}` }),
      check: (answer) => expectAnswer(answer, 401),
    }),
    subject('get session', {
      ask: () => getSession('/api/auth', cookie),
      check: (answer) => expectAnswer(answer, 200, isSession),
    }),
    subject('get session, cookie cache', {
      ask: () => getSession('/cached', withCache),
      check: (answer) => expectAnswer(answer, 200, isSession),
    }),
    subject('sign out', {
      prepare: async (calls) => {
        const tokens = Array.from({ length: calls }, () => randomBytes(16).toString('hex'))
        await cloneRows(database, 'session', {
          from: `json_each(?1) AS one WHERE original.id = (SELECT max(id) FROM session)`,
          values: [JSON.stringify(tokens)],
          replaced: { id: `'id' || one.value`, token: 'one.value' },
        })
        cookies = tokens.map(signedCookie)
      },
      ask: () => {
        const asked = post('/api/auth/sign-out', {})
        return { ...asked, headers: { ...HEADERS, cookie: cookies.pop() ?? '' } }
      },
      check: (answer) => expectAnswer(answer, 200, (text) => JSON.parse(text).success === true),
    }),
  ]
}

function post(path: string, body: unknown): Ask {
  return { method: 'POST', path, headers: HEADERS, body }
}

function cookiesOf({ headers }: Answer): string {
  return [headers['set-cookie'] ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ')
}

/** As better-auth signs it: `token.` + base64 of an HMAC-SHA-256. */
function signedCookie(token: string): string {
  const signature = createHmac('sha256', SECRET).update(token).digest('base64')
  return `better-auth.session_token=${encodeURIComponent(`${token}.${signature}`)}`
}
