import { describe, expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const host = 'mysite.localhost'
const origin = { Origin: `http://${host}` }

function cookiesOf(headers: Headers): Record<string, string> {
  const pairs = headers.getSetCookie().map((cookie) => /^([^=]+)=([^;]*)/.exec(cookie) ?? [])
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]))
}

function asHeader(cookies: Record<string, string>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

async function open() {
  const service = new Service()
  await service.createUser(await service.createSite())
  const send = (path: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
    service.ask('POST', path, { host, headers: { ...origin, ...headers }, body })
  const statusOf = async (session: string) => {
    const headers = { 'X-FilesAPI-Auth': session }
    return (await service.ask('GET', `${API}/site`, { headers })).status
  }
  const guessElsewhere = async () => {
    for (let nth = 0; nth < 10; nth++)
      await send(
        '/login',
        { ...right, password: `wrong ${nth}` },
        { 'CF-Connecting-IP': '198.51.100.9' },
      )
  }
  return { service, send, statusOf, guessElsewhere }
}

describe('POST /login', () => {
  it('revokes the session that the browser had, and no other', async () => {
    const { send, statusOf, service } = await open()
    const elsewhere = (await service.logIn(right, { headers: SDK })).body.id
    const first = cookiesOf((await send('/login', right)).headers)
    const again = await send('/login', right, { Cookie: asHeader(first) })
    const second = cookiesOf(again.headers)
    expect(second['__Host-latchkey']).not.toBe(first['__Host-latchkey'])
    expect(await statusOf(first['__Host-latchkey'] as string)).toBe(401)
    expect(await statusOf(second['__Host-latchkey'] as string)).toBe(200)
    expect(await statusOf(elsewhere)).toBe(200)
  })

  it('recognizes the browser on any network, so that strangers cannot lock it out', async () => {
    const { send, guessElsewhere } = await open()
    const { '__Host-latchkey-device': device = '' } = cookiesOf(
      (await send('/login', right)).headers,
    )
    await guessElsewhere()
    const from = { 'CF-Connecting-IP': '192.0.2.44' }
    expect((await send('/login', right, from)).status).toBe(401)
    const known = { ...from, Cookie: asHeader({ '__Host-latchkey-device': device }) }
    expect((await send('/login', right, known)).status).toBe(303)
  })

  it('locks out a known browser for its own failed attempts', async () => {
    const { send } = await open()
    const { '__Host-latchkey-device': device = '' } = cookiesOf(
      (await send('/login', right)).headers,
    )
    const known = { Cookie: asHeader({ '__Host-latchkey-device': device }) }
    for (let nth = 0; nth < 10; nth++)
      await send('/login', { ...right, password: `wrong ${nth}` }, known)
    const { status, body } = await send('/login', right, known)
    expect(status).toBe(401)
    expect(body).toContain('Too many failed attempts')
  })

  it('ignores a device cookie that is forged or another user’s', async () => {
    const { service, send, guessElsewhere } = await open()
    const other = { username: 'other', password: 'sessionuserpassword' }
    const site = await service.createSite({ subdomain: 'second' })
    await service.createUser(site, other)
    const { headers } = await service.ask('POST', '/login', {
      host: 'second.localhost',
      headers: { Origin: 'http://second.localhost' },
      body: other,
    })
    await guessElsewhere()
    const { '__Host-latchkey-device': others = '' } = cookiesOf(headers)
    expect(others).not.toBe('')
    for (const device of ['x', 'a.b.c', '0'.repeat(32), others]) {
      const known = { Cookie: asHeader({ '__Host-latchkey-device': device }) }
      expect((await send('/login', right, known)).status).toBe(401)
    }
  })
})

describe('The page for login tokens', () => {
  async function withToken() {
    const opened = await open()
    const { body } = await opened.service.logIn(right, { headers: SDK })
    return { ...opened, token: body.login_token as string }
  }

  it('asks for confirmation, names the user, and consumes nothing', async () => {
    const { service, send, token } = await withToken()
    const page = await service.ask('GET', '/login/token', { host })
    expect(page.headers.get('Referrer-Policy')).toBe('same-origin')
    expect(cookiesOf(page.headers)).toEqual({ '__Host-latchkey-check': '1' })
    for (let nth = 0; nth < 3; nth++) {
      const { status, body, headers } = await send('/login/token', { login_token: token })
      expect(status).toBe(200)
      expect(body).toContain('sessionuser')
      expect(headers.getSetCookie()).toEqual([])
    }
  })

  it('logs in by its button, once', async () => {
    const { send, statusOf, token } = await withToken()
    const { status, headers } = await send('/login/token/confirm', { login_token: token })
    expect([status, headers.get('Location')]).toEqual([303, '/account'])
    expect(await statusOf(cookiesOf(headers)['__Host-latchkey'] as string)).toBe(200)
    const again = await send('/login/token/confirm', { login_token: token })
    expect([again.status, again.headers.getSetCookie()]).toEqual([401, []])
  })

  it('refuses forms of another origin', async () => {
    const { send, token } = await withToken()
    for (const path of ['/login/token', '/login/token/confirm'])
      for (const headers of [
        { Origin: 'http://evil.example' },
        { Origin: 'http://other.localhost' },
      ])
        expect((await send(path, { login_token: token }, headers)).status).toBe(403)
  })

  it('refuses anything but a login token, at its site’s host only', async () => {
    const { service, send, token } = await withToken()
    expect((await send('/login/token', { login_token: '@tok-x' })).status).toBe(401)
    const elsewhere = await service.ask('POST', '/login/token', {
      headers: { Origin: 'http://localhost' },
      body: { login_token: token },
    })
    expect(elsewhere.status).toBe(401)
    expect(elsewhere.body).not.toContain('sessionuser')
  })
})
