import { describe, expect, it, vi } from 'vitest'
import { formSealer } from '../../src/http/form-seal.ts'
import { keyOfString } from '../../src/sessions/session-string.ts'
import { regionCodeOfId } from '../../src/storage/ids.ts'
import type { Region } from '../../src/storage/region.ts'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const db = env.DB_US_EAST_1

async function open() {
  const service = new Service()
  const site = await service.createSite()
  const user = await service.createUser(site)
  const logIn = async () => (await service.logIn(right, { headers: SDK })).body
  const use = async (credential: string) =>
    (await service.ask('GET', `${API}/site`, { headers: { 'X-FilesAPI-Auth': credential } })).status
  return { service, site, user, logIn, use }
}

const keyOf = (text: string) => keyOfString(text, { code: 1 } as Region)
const idsIn = async (table: string) =>
  (
    await db.prepare(`SELECT id FROM ${table} ORDER BY created_at`).all<{ id: number }>()
  ).results.map(({ id }) => id)

/** Makes the next strings of sessions these bytes, one after another; then they are random again. */
function nextStrings(...fills: number[]) {
  const random = crypto.getRandomValues.bind(crypto)
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const isOfString = array instanceof Uint8Array && array.length === 19
    const fill = isOfString ? fills.shift() : undefined
    return fill === undefined ? random(array) : (array as Uint8Array).fill(fill) && array
  })
}

const stringOf = (fill: number) => `01${fill.toString(16).padStart(2, '0').repeat(19)}`

/** Makes all sessions ones from before. */
async function makeFormer(): Promise<void> {
  const { results } = await db.prepare("SELECT name FROM pragma_table_info('sessions')").all()
  const columns = results.map(({ name }) => name).join()
  await db.batch([
    db.prepare(`INSERT INTO sessions (${columns}) SELECT ${columns} FROM keyed_sessions`),
    db.prepare('DELETE FROM keyed_sessions'),
  ])
}

/** A session from before with this id, whose string nobody has. */
const addFormer = (id: number) =>
  db
    .prepare(
      `INSERT INTO sessions (id, digest, site_id, user_id, credential_version, epoch, created_at,
        last_used_at, timeout_at, ends_at) SELECT ?, 'of before', site_id, id, credential_version,
        1, 0, 0, 0, 0 FROM users`,
    )
    .bind(id)
    .run()

describe('The key of a session', () => {
  it('is derived from its string: the code of the region and 45 bits of the SHA-256', async () => {
    const { logIn } = await open()
    const { id: text } = await logIn()
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
    const bits = [...new Uint8Array(bytes)]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
    const expected = BigInt(`0b${(1).toString(2)}${bits.slice(19, 64)}`)
    const [id] = await idsIn('keyed_sessions')
    expect(BigInt(id ?? 0)).toBe(expected)
    expect(id).toBeLessThan(2 ** 53)
    expect(regionCodeOfId(id ?? 0)).toBe(1)
  })

  it('is not a credential', async () => {
    const { logIn, use } = await open()
    await logIn()
    const [id] = await idsIn('keyed_sessions')
    expect(await use(String(id))).toBe(401)
  })

  it.each(['keyed_sessions', 'sessions'])(
    'finds no session in %s with another complete digest',
    async (table) => {
      const { logIn, use } = await open()
      const { id } = await logIn()
      if (table === 'sessions') {
        await makeFormer()
      }
      expect(await use(id)).toBe(200)
      await db.prepare(`UPDATE ${table} SET digest = '.' || substr(digest, 2)`).run()
      expect(await use(id)).toBe(401)
    },
  )
})

describe('A login whose session key is taken', () => {
  it('uses another string, and the other session stays active', async () => {
    const { logIn, use } = await open()
    nextStrings(7, 7)
    const first = await logIn()
    const second = await logIn()
    expect(first.id).toBe(stringOf(7))
    expect(second.id).not.toBe(first.id)
    expect(await Promise.all([first.id, second.id].map(use))).toEqual([200, 200])
    expect(await idsIn('login_history')).toHaveLength(2)
  })

  it('uses another string if an earlier release started the other session', async () => {
    const { logIn, use } = await open()
    const { id } = await keyOf(stringOf(7))
    await addFormer(id)
    nextStrings(7)
    const session = await logIn()
    expect(session.id).not.toBe(stringOf(7))
    expect(await use(session.id)).toBe(200)
    expect(await idsIn('sessions')).toEqual([id])
  })

  it('gives up after three strings', async () => {
    const { service, logIn } = await open()
    nextStrings(7, 7, 7, 7)
    await logIn()
    expect((await service.logIn(right, { headers: SDK })).status).toBe(503)
    expect(await idsIn('login_history')).toHaveLength(1)
  })
})

describe.each(['keyed_sessions', 'sessions'])(
  'A session in %s whose user changes the password',
  (table) => {
    async function changed(prepare = async () => {}) {
      const opened = await open()
      const [kept, other] = [await opened.logIn(), await opened.logIn()]
      const { id } = await keyOf(kept.id)
      if (table === 'sessions') await makeFormer()
      await beginBySso(opened.site.id, { sessionId: id, userId: opened.user.id })
      await prepare()
      const next = 'a quiet lamp by the window'
      const { status, headers } = await opened.service.ask('POST', '/account/password', {
        host: 'mysite.localhost',
        headers: { Cookie: `__Host-latchkey=${kept.id}` },
        body: { present_password: right.password, new_password: next, new_password_again: next },
      })
      expect(status).toBe(200)
      const cookies = headers.getSetCookie().join()
      const [, text = ''] = /__Host-latchkey=([0-9a-f]{40})/.exec(cookies) ?? []
      return { ...opened, kept, other, id, text }
    }

    /** Notes that a session began at an identity provider. */
    async function beginBySso(
      siteId: number,
      { sessionId, userId }: { sessionId: number; userId: number },
    ) {
      await db.batch([
        db
          .prepare(
            `INSERT INTO sso_strategies (id, site_id, provider, label, client_id, client_secret, created_at)
            VALUES (1, ?, 'okta', 'x', 'x', 'x', 0)`,
          )
          .bind(siteId),
        db
          .prepare(
            `INSERT INTO sso_identities (id, site_id, strategy_id, user_id, issuer, subject, created_at, last_used_at)
            VALUES (1, ?, 1, ?, 'x', 'x', 0, 0)`,
          )
          .bind(siteId, userId),
        db
          .prepare(
            'INSERT INTO sso_sessions (session_id, identity_id, created_at, strategy_id) VALUES (?, 1, 0, 1)',
          )
          .bind(sessionId),
      ])
    }

    it('continues under another string only, with its origin, and all other sessions are revoked', async () => {
      const { kept, other, text, use } = await changed()
      expect(text).toHaveLength(40)
      expect(
        await Promise.all([text, kept.id, kept.token, other.id, other.token].map(use)),
      ).toEqual(table === 'sessions' ? [200, 401, 200, 401, 401] : [200, 401, 401, 401, 401])
      const [id] = await idsIn(table)
      if (table === 'keyed_sessions') expect(id).toBe((await keyOf(text)).id)
      const begun = await db.prepare('SELECT session_id FROM sso_sessions').all()
      expect(begun.results).toEqual([{ session_id: id }])
    })

    it('accepts the forms of pages that were opened before', async () => {
      const { service, id, text } = await changed()
      const { user } = (await db
        .prepare('SELECT user_id AS user FROM sso_identities')
        .first<{ user: number }>()) ?? { user: 0 }
      const ctx = await service.open()
      const sendFormOf = async (session: number) => {
        const form = await formSealer(ctx, { user, session })(['/account/sessions/end_others'], {})
        const headers = { Cookie: `__Host-latchkey=${text}` }
        const asked = { host: 'mysite.localhost', headers, body: { form } }
        return (await service.ask('POST', '/account/sessions/end_others', asked)).status
      }
      const [present = 0] = await idsIn(table)
      expect(await Promise.all([id, present, 5].map(sendFormOf))).toEqual([303, 303, 403])
    })

    it('gets another string if another session has the key of the next one', async () => {
      const { kept, text, use } = await changed(async () => {
        await addFormer((await keyOf(stringOf(7))).id)
        // One for the password that is asked for again, which starts no session.
        nextStrings(7, 7)
      })
      // A session from before is found by its digest, whatever its key.
      expect(text === stringOf(7)).toBe(table === 'sessions')
      expect(await Promise.all([text, kept.id].map(use))).toEqual([200, 401])
    })
  },
)

describe.each(['keyed_sessions', 'sessions'])(
  'A session that was started from one in %s',
  (table) => {
    it('is revoked with it, in every way that revokes it', async () => {
      for (const end of [
        (opened: Awaited<ReturnType<typeof child>>) => opened.logOutParent(),
        () => db.prepare(`DELETE FROM ${table} WHERE parent_id IS NULL`).run(),
      ]) {
        const opened = await child(table)
        expect(await opened.use(opened.session.id)).toBe(200)
        await end(opened)
        expect(await opened.use(opened.session.id)).toBe(401)
        expect(await idsIn('keyed_sessions')).toEqual([])
        await db.prepare('DELETE FROM users').run()
        await db.prepare('DELETE FROM sites').run()
      }
    })

    it('keeps it alive while it is used', async () => {
      const { service, session, use } = await child(table)
      service.clock.advance(5 * 3_600_000)
      expect(await use(session.id)).toBe(200)
      const times = await db
        .prepare(`SELECT last_used_at FROM ${table} WHERE parent_id IS NULL`)
        .first<number>('last_used_at')
      expect(times).toBe(service.clock())
    })
  },
)

/** A session that was started by a login token of one in this table. */
async function child(table: string) {
  const opened = await open()
  const parent = await opened.logIn()
  if (table === 'sessions') await makeFormer()
  const { status, body: session } = await opened.service.logIn(
    { username: parent.login_token },
    { host: 'mysite.localhost', headers: SDK },
  )
  expect(status).toBe(201)
  const headers = { 'X-FilesAPI-Auth': parent.id }
  const logOutParent = () => opened.service.ask('DELETE', `${API}/sessions`, { headers })
  return { ...opened, parent, session, logOutParent }
}
