import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLocalWorker } from '../../src/local/local-worker.ts'
import { env } from '../support/env.ts'
import { LEAST_HASH_COST } from '../support/least-hash-cost.ts'

const API = '/api/rest/v1'

let worker: ExportedHandler<Env>
beforeEach(() => {
  worker = createLocalWorker(LEAST_HASH_COST)
})

async function ask(address: string, init: RequestInit = {}, changes: Partial<Env> = {}) {
  const context = createExecutionContext()
  const request = new Request(address, { redirect: 'manual', ...init })
  const reply = await worker.fetch?.(request as never, { ...env, ...changes }, context)
  await waitOnExecutionContext(context)
  return reply as Response
}

function form(fields: Record<string, string>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) }
}

describe('The demo users', () => {
  it.each(['sessionuser', 'siteadmin', 'europeuser'])(
    'get a mail with a reset link: %s',
    async (username) => {
      const reply = await ask(`http://localhost${API}/sessions/forgot`, form({ username }))
      expect(reply.status).toBe(204)
      const mails = (await (await ask('http://localhost/outbox.json')).json()) as { to: string }[]
      expect(mails).toMatchObject([{ to: expect.stringMatching(/@example\.com$/) }])
    },
  )

  it('all have verified email addresses', async () => {
    await ask('http://localhost/health')
    const databases = [env.DB_US_EAST_1, env.DB_EU_CENTRAL_1]
    for (const database of databases) {
      const { results } = await database
        .prepare('SELECT username FROM users WHERE verified_email_key IS NULL')
        .all()
      expect(results).toEqual([])
    }
  })
})

describe.each(['127.0.0.1', '[::1]'])('The local service at http://%s', (host) => {
  it('redirects pages to localhost, where browsers accept its cookies and sites', async () => {
    const reply = await ask(`http://${host}:9000/login?return_to=%2Faccount`, {
      headers: { Accept: 'text/html,application/xhtml+xml' },
    })
    expect(reply.status).toBe(302)
    expect(reply.headers.get('Location')).toBe('http://localhost:9000/login?return_to=%2Faccount')
  })

  it('serves programs as localhost does', async () => {
    const sent = { username: 'sessionuser', password: 'sessionuserpassword' }
    const reply = await ask(`http://${host}${API}/sessions`, form(sent))
    expect(reply.status).toBe(201)
    const { token } = (await reply.json()) as { token: string }
    const site = await ask(`http://${host}${API}/site`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(await site.json()).toMatchObject({ subdomain: 'mysite' })
  })
})
