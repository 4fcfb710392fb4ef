import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { makeKeys } from '../src/cli/keys.ts'
import { idOfBits } from '../src/storage/ids.ts'
import { type Migrations, migrationsIn } from './build-of-ref.ts'
import { type Ask, ask, expectAnswer } from './client.ts'
import { cloneRows } from './clone-rows.ts'
import { withLimitsInMemory } from './limits-in-memory.ts'
import { type Bundle, ROOT, type Runtime, type WorkerSpec } from './runtime.ts'
import type { Subject } from './subject.ts'
import { HASH, KEY, RECORD, REPLAY } from './visit-headers.ts'

export const API = '/api/rest/v1'
export const PASSWORD = 'correct horse battery staple'
const REGION = { name: 'us-east-1', code: 1, host: 'us-east-1.localhost', database: 'DB_US_EAST_1' }
/** As src/storage/ids.ts makes one. */
const NEW_ID = `${REGION.code} * (1 << 45) + abs(random() % (1 << 45))`

/** The visits of calls to D1, and nothing else of the calls. */
export const VISITS = {
  login: 'hash and visits of a login, alone',
  loginWithoutHash: 'visits of a login, alone',
  use: 'visit of a use, alone',
  logout: 'visit of a logout, alone',
}

/** How many rows one statement makes: a batch that D1 takes. */
const ROWS_AT_ONCE = 50_000

/** Far from the one before, so that no page of a big table is met twice in a row. */
const STRIDE = 7_919

const OPERATOR_TOKEN = randomBytes(32).toString('base64url')
const HEADERS = { 'user-agent': 'Files.com Ruby SDK v1.0.0', 'cf-connecting-ip': '203.0.113.7' }

/** The product's Worker as it is deployed; what is mailed goes to `mail-sink`. */
export async function ourWorker(bundle: Bundle): Promise<WorkerSpec> {
  return {
    bundle: withLimitsInMemory(bundle),
    bindings: {
      ...(await makeKeys()),
      OPERATOR_TOKEN,
      GLOBAL_ORIGIN: 'http://localhost',
      REGIONS: [REGION],
      SESSION_ID_FORMAT: 'auto',
      SESSION_EPOCH: '1',
      LOGIN_HISTORY_DAYS: '90',
      DNS_RESOLVER: 'https://localhost/dns-query',
      MAIL_FROM: 'latchkey@localhost',
      MAIL_TRANSPORT: 'send_email',
    },
    databases: ['DIRECTORY', REGION.database],
    keyValue: ['KV'],
    services: { EMAIL: { name: 'mail-sink', entrypoint: 'MailSink' } },
  }
}

/** The key of a session's row: see src/sessions/session-string.ts. */
function keyOf(string: string): { id: number; digest: string } {
  const digest = createHash('sha256').update(string).digest()
  const id = idOfBits(REGION.code, digest.readUInt32BE(0), digest.readUInt32BE(4))
  return { id, digest: digest.toString('base64url') }
}

export const mailSink: WorkerSpec = {
  bundle: {
    modules: [
      {
        type: 'ESModule',
        path: 'mail-sink.js',
        contents: Buffer.from(`import { WorkerEntrypoint } from 'cloudflare:workers'
export class MailSink extends WorkerEntrypoint { async send() { return { messageId: 'sunk' } } }
export default { fetch: () => new Response('mail-sink') }`),
      },
    ],
  },
}

/** A running service of ours with a site, and as many users as asked for, all with the same password. */
export class OurService {
  readonly #runtime: Runtime
  readonly #worker: string
  readonly port: number
  readonly #users: number

  private constructor(runtime: Runtime, worker: string, at: { port: number; users: number }) {
    this.#runtime = runtime
    this.#worker = worker
    this.port = at.port
    this.#users = at.users
  }

  /** @param migrations of the build that it is; this one's unless given */
  static async prepare(
    runtime: Runtime,
    worker: string,
    users: number,
    migrations: Migrations = migrationsIn(join(ROOT, 'migrations')),
  ): Promise<OurService> {
    const service = new OurService(runtime, worker, { port: await runtime.portOf(worker), users })
    await service.#migrate(migrations)
    await service.#operate('sites', { subdomain: 'mysite', region: REGION.name })
    await service.#operate('users', {
      username: 'user0',
      site: 'mysite',
      password: PASSWORD,
      email: 'user0@example.com',
      self_managed: false,
    })
    await service.addUsers(1, users)
    await service.beat()
    return service
  }

  async database() {
    return this.#runtime.database(this.#worker, REGION.database)
  }

  /** The cron's work: with no heartbeat nothing that is read nearby is believed. */
  async beat(): Promise<void> {
    await this.#runtime.runCron(this.#worker)
  }

  /** Gives each user a session that nobody will use. */
  async fillSessions(): Promise<void> {
    const database = await this.database()
    const template = await this.#template()
    const before = await database.prepare('SELECT count(*) AS n FROM users').first<number>('n')
    for (let done = 0; done < (before ?? 0); done += ROWS_AT_ONCE)
      await cloneRows(database, 'keyed_sessions', {
        from: `(SELECT id FROM users ORDER BY id LIMIT ${ROWS_AT_ONCE} OFFSET ${done}) AS owner
          WHERE original.id = ?1`,
        values: [template],
        replaced: {
          id: NEW_ID,
          digest: 'substr(hex(randomblob(22)), 1, 43)',
          user_id: 'owner.id',
          timeout_at: 'original.timeout_at + abs(random() % 3600000)',
        },
      })
  }

  /** Users `from` up to, but without, `to`. */
  async addUsers(from: number, to: number): Promise<void> {
    if (to - from > ROWS_AT_ONCE) {
      await this.addUsers(from, from + ROWS_AT_ONCE)
      return this.addUsers(from + ROWS_AT_ONCE, to)
    }
    await cloneRows(await this.database(), 'users', {
      from: `(WITH RECURSIVE n(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ${to})
        SELECT n FROM n) AS n WHERE original.username = 'user0'`,
      replaced: {
        id: NEW_ID,
        username: `'user' || n`,
        username_key: `'user' || n`,
        email: `'user' || n || '@example.com'`,
        email_key: `'user' || n || '@example.com'`,
      },
    })
  }

  /** Sessions that live, by their strings, of the user that has the template. */
  async addSessions(count: number): Promise<string[]> {
    const strings = Array.from({ length: count }, () => `01${randomBytes(19).toString('hex')}`)
    const keys = strings.map(keyOf)
    const template = await this.#template()
    await cloneRows(await this.database(), 'keyed_sessions', {
      from: 'json_each(?1) AS one WHERE original.id = ?2',
      values: [JSON.stringify(keys), template],
      replaced: {
        id: "one.value ->> 'id'",
        digest: "one.value ->> 'digest'",
      },
    })
    return strings
  }

  /** What a login, a use and a logout ask D1, and nothing else of them. Of a Worker by visits-worker.ts. */
  async visits(): Promise<Subject[]> {
    const using = (method: string, string: string): Ask => ({
      ...{ method, path: method === 'GET' ? `${API}/site` : `${API}/sessions` },
      headers: { ...HEADERS, 'x-filesapi-auth': string },
    })
    const [used = '', ...ended] = await this.addSessions(3)
    const calls: [string, Ask][] = [
      ...[1, 1].map((user): [string, Ask] => ['login', this.logInAsk(user)]),
      ...[used, used].map((string): [string, Ask] => ['use', using('GET', string)]),
      ...ended.map((string): [string, Ask] => ['logout', using('DELETE', string)]),
    ]
    for (const [name, one] of calls) {
      const headers = { ...one.headers, [RECORD]: name }
      expectAnswer(await ask(this.port, { ...one, headers }), { login: 201, use: 200 }[name] ?? 204)
    }
    let strings: string[] = []
    const visit = (
      name: keyof typeof VISITS,
      headers: () => Record<string, string>,
      recorded: string = name,
    ): Subject => ({
      ...{ name: VISITS[name], group: 'floor', port: this.port },
      ask: () => ({ method: 'GET', path: '/', headers: { [REPLAY]: recorded, ...headers() } }),
      check: (answer) => expectAnswer(answer, 200, (text) => text === '1'),
    })
    return [
      visit('login', () => ({ [HASH]: 'yes' })),
      visit('loginWithoutHash', () => ({}), 'login'),
      visit('use', () => ({})),
      {
        ...visit('logout', () => ({ [KEY]: JSON.stringify(keyOf(strings.pop() ?? '')) })),
        prepare: async (calls) => {
          strings = await this.addSessions(calls)
        },
      },
    ]
  }

  async #template(): Promise<number> {
    await this.logIn(0)
    const row = await (await this.database())
      .prepare('SELECT max(created_at) AS at, id FROM keyed_sessions')
      .first<{ id: number }>()
    return row?.id ?? 0
  }

  async logIn(user: number): Promise<{ id: string; token: string }> {
    const answer = await ask(this.port, this.logInAsk(user))
    expectAnswer(answer, 201)
    return JSON.parse(answer.text)
  }

  logInAsk(user: number, password = PASSWORD): Ask {
    return {
      method: 'POST',
      path: `${API}/sessions`,
      headers: HEADERS,
      body: { username: `user${(user * STRIDE) % this.#users}`, password },
    }
  }

  login(name: string): Subject {
    return {
      ...{ name, group: 'ours', port: this.port },
      ask: (call) => this.logInAsk(call),
      check: (answer) =>
        expectAnswer(answer, 201, (text) => {
          const session = JSON.parse(text)
          return /^[0-9a-f]{40}$/.test(session.id) && session.token.split('.').length === 3
        }),
    }
  }

  async subjects(prefix = ''): Promise<Subject[]> {
    const { id, token } = await this.logIn(0)
    const using = (credential: string): Ask => ({
      method: 'GET',
      path: `${API}/site`,
      headers: { ...HEADERS, 'x-filesapi-auth': credential },
    })
    const isSite = (text: string) => {
      const { session, user, subdomain } = JSON.parse(text)
      return subdomain === 'mysite' && user.username === 'user0' && typeof session === 'object'
    }
    let strings: string[] = []
    const subject = (name: string, one: Omit<Subject, 'name' | 'group' | 'port'>): Subject => ({
      name: prefix + name,
      group: 'ours',
      port: this.port,
      ...one,
    })
    return [
      this.login(`${prefix}login`),
      subject('login at a site’s host', {
        ask: (call) => {
          const one = this.logInAsk(call)
          return { ...one, headers: { ...one.headers, host: 'mysite.localhost' } }
        },
        check: (answer) => expectAnswer(answer, 201, (text) => JSON.parse(text).id.length === 40),
      }),
      subject('wrong password', {
        ask: (call) => this.logInAsk(call, `wrong ${call}`),
        check: (answer) =>
          expectAnswer(answer, 401, (text) => text.includes('invalid-username-or-password')),
      }),
      subject('use by session string', {
        ask: () => using(id),
        check: (answer) => expectAnswer(answer, 200, isSite),
      }),
      subject('use by token', {
        ask: () => using(token),
        check: (answer) => expectAnswer(answer, 200, isSite),
      }),
      subject('logout', {
        prepare: async (calls) => {
          strings = await this.addSessions(calls)
        },
        ask: () => ({ ...using(strings.pop() ?? ''), method: 'DELETE', path: `${API}/sessions` }),
        check: (answer) => expectAnswer(answer, 204),
      }),
      subject('forgot', {
        ask: (call) => ({
          method: 'POST',
          path: `${API}/sessions/forgot`,
          headers: HEADERS,
          body: { username: `user${(call * STRIDE) % this.#users}` },
        }),
        check: (answer) => expectAnswer(answer, 204),
      }),
      subject('JWKS', {
        ask: () => ({ method: 'GET', path: '/.well-known/jwks.json' }),
        check: (answer) => expectAnswer(answer, 200, (text) => JSON.parse(text).keys.length === 1),
      }),
    ]
  }

  async #migrate({ region, directory }: Migrations): Promise<void> {
    for (const [binding, files] of [
      [REGION.database, region],
      ['DIRECTORY', directory],
    ] as const) {
      const database = await this.#runtime.database(this.#worker, binding)
      for (const file of files)
        await database.batch(
          file.split('--> statement-breakpoint').map((statement) => database.prepare(statement)),
        )
    }
  }

  async #operate(what: string, body: Record<string, unknown>): Promise<void> {
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` }
    expectAnswer(
      await ask(this.port, { method: 'POST', path: `/operator/v1/${what}`, headers, body }),
      201,
    )
  }
}
