import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { API, Service } from '../support/service.ts'
import { TestBrowser } from '../support/test-browser.ts'

const SITE = 'http://mysite.localhost'
const HERE = '203.0.113.7'
const ELSEWHERE = '198.51.100.1'
const [M, O] = ['key-of-app-M', 'key-of-app-O']

const jane = { username: 'sessionuser', password: 'sessionuserpassword' }
const admin = { username: 'siteadmin', password: 'siteadminpassword' }

const CONNECTED = '<h1>Connected</h1>'
const ASKED = '<h1>Connect an app?</h1>'
const ASKED_AGAIN = '<h1>Connect from this network, too?</h1>'
const WAITING = '<h1>Waiting for the app</h1>'
const NOTHING = '<h1>Nothing to connect</h1>'
const DENIED = '<h1>Not connected</h1>'

async function open() {
  const service = new Service()
  const site = await service.createSite()
  await service.createUser(site, jane)
  await service.createUser(site, { ...admin, siteAdmin: true })
  const browser = new TestBrowser(service, { 'CF-Connecting-IP': HERE })
  const logIn = async (who = jane) => {
    const page = await browser.open(`${SITE}/login`)
    const sent = { ...hiddenFields(page.body, '/login'), ...who }
    expect((await browser.send(`${SITE}/login`, sent)).status).toBe(303)
  }
  await logIn()
  /** A tab that an app opens, with its page. */
  const tab = async (key: string) => {
    const app = `pairing_key=${key}&platform=mac&computer=${key}`
    await browser.open(`${SITE}/login_from_desktop?${app}`)
    return (await browser.open(`${SITE}/pairing?locale=en`)).body as string
  }
  const press = async (page: string, action: string, typed: Record<string, string> = {}) =>
    (await browser.send(`${SITE}${action}`, { ...hiddenFields(page, action), ...typed }))
      .body as string
  const poll = async (key: string, address = HERE) => {
    const headers = { 'CF-Connecting-IP': address }
    return service.ask('POST', `${API}/sessions/pairing_key/${key}`, { headers, body: {} })
  }
  const collects = async (key: string, address = HERE) => (await poll(key, address)).status === 201
  return { service, browser, logIn, tab, press, poll, collects }
}

/** Fetches the key as another program than the one that the page names. */
async function isKeyOf(username: string): Promise<boolean> {
  const owner = await env.DB_US_EAST_1.prepare(
    'SELECT username FROM api_keys JOIN users ON users.id = user_id',
  ).first('username')
  return owner === username
}

describe('Two approval pages in one browser', () => {
  it('each approve the app that they show, whichever was opened last', async () => {
    const { tab, press, poll, collects } = await open()
    for (const key of [M, O]) await poll(key)
    const [first, second] = [await tab(M), await tab(O)]
    expect([first, second].map((page) => page.includes(ASKED))).toEqual([true, true])
    expect(await press(first, '/pairing/approve')).toContain(CONNECTED)
    expect([await collects(O), await collects(M)]).toEqual([false, true])
    expect(await press(second, '/pairing/approve')).toContain(CONNECTED)
    expect(await collects(O)).toBe(true)
  })

  it('each deny the app that they show', async () => {
    const { tab, press, poll, collects } = await open()
    for (const key of [M, O]) await poll(key)
    const [first, second] = [await tab(M), await tab(O)]
    expect(await press(first, '/pairing/deny')).toContain(DENIED)
    expect(await press(second, '/pairing/approve')).toContain(CONNECTED)
    expect([await collects(M), await collects(O)]).toEqual([false, true])
  })

  it('keep each other’s pending request', async () => {
    const { browser, tab, press, poll } = await open()
    for (const key of [M, O]) await poll(key)
    const [first] = [await tab(M), await tab(O)]
    expect(await press(first, '/pairing/deny')).toContain(DENIED)
    expect((await browser.open(`${SITE}/pairing`)).body).toContain(O)
  })

  it('give no app a key of a user who logged in since', async () => {
    const { logIn, tab, press, poll, collects } = await open()
    await poll(M)
    const page = await tab(M)
    await logIn(admin)
    for (const action of ['/pairing/approve', '/pairing/deny'])
      expect(await press(page, action)).toContain('You are now logged in as siteadmin')
    expect(await collects(M)).toBe(false)
    const again = await tab(M)
    expect(again).toContain('siteadmin')
    expect(await press(again, '/pairing/approve')).toContain(CONNECTED)
    expect([await collects(M), await isKeyOf('siteadmin')]).toEqual([true, true])
  })

  it('ignore parameters beside what they show', async () => {
    const { tab, press, poll, collects } = await open()
    await poll(M)
    await poll(O, ELSEWHERE)
    const page = await tab(M)
    const forged = { pairing_key: O, networks: `${HERE} ${ELSEWHERE}`, computer: 'x', sure: 'true' }
    expect(await press(page, '/pairing/approve', forged)).toContain(CONNECTED)
    expect([await collects(O, ELSEWHERE), await collects(M, ELSEWHERE)]).toEqual([false, false])
    expect(await collects(M)).toBe(true)
  })
})

describe('An approved app', () => {
  it('fetches its key only from a network that its user has seen', async () => {
    const { tab, press, poll, collects } = await open()
    await poll(M)
    expect(await press(await tab(M), '/pairing/approve')).toContain(CONNECTED)
    for (let nth = 0; nth < 3; nth++) {
      const { status, body } = await poll(M, ELSEWHERE)
      expect([status, body.type]).toEqual([404, 'not-found/code-not-found'])
    }
    expect(await collects(M)).toBe(true)
  })

  it('counts an IPv6 /64 as one network', async () => {
    const { tab, press, poll, collects } = await open()
    await poll(M, '2001:db8:0:1::1')
    const page = await tab(M)
    expect(page).toContain('id="sure"')
    expect(await press(page, '/pairing/approve', { sure: 'true' })).toContain(CONNECTED)
    expect(await collects(M, '2001:db8:0:2::1')).toBe(false)
    expect(await collects(M, '2001:db8:0:1:ffff::2')).toBe(true)
  })

  it('that has not polled yet gets no key until its user has seen its network', async () => {
    const { tab, press, collects } = await open()
    const page = await tab(M)
    expect(page).toContain('unknown')
    expect(await press(page, '/pairing/approve')).toContain(ASKED)
    const waiting = await press(page, '/pairing/approve', { sure: 'true' })
    expect(waiting).toContain(WAITING)
    expect([await collects(M), await collects(M, ELSEWHERE)]).toEqual([false, false])
    const asked = await press(waiting, '/pairing/check')
    expect(asked).toContain(ASKED_AGAIN)
    for (const address of [HERE, ELSEWHERE]) expect(asked).toContain(address)
    expect(await press(asked, '/pairing/approve', { sure: 'true' })).toContain(CONNECTED)
    expect(await collects(M, ELSEWHERE)).toBe(true)
  })

  it('that polls from a second network is confirmed again, and gets its key there too', async () => {
    const { tab, press, poll, collects } = await open()
    await poll(M)
    const connected = await press(await tab(M), '/pairing/approve')
    expect(connected).toContain(CONNECTED)
    expect(await collects(M, '2001:db8::1')).toBe(false)
    const asked = await press(connected, '/pairing/check')
    expect(asked).toContain(ASKED_AGAIN)
    expect(asked).toContain('2001:db8::1')
    expect(asked).not.toContain(HERE)
    expect(await press(asked, '/pairing/approve', { sure: 'true' })).toContain(CONNECTED)
    expect(await collects(M, '2001:db8::2')).toBe(true)
    expect(await press(connected, '/pairing/check')).toContain(NOTHING)
  })

  it('is confirmed again at once when another network polled while the user was reading', async () => {
    const { tab, press, poll, collects } = await open()
    await poll(M)
    const page = await tab(M)
    await poll(M, ELSEWHERE)
    expect(await press(page, '/pairing/approve')).toContain(ASKED_AGAIN)
    expect([await collects(M, ELSEWHERE), await collects(M)]).toEqual([false, true])
  })

  it('can fetch its key for two minutes after the last confirmation', async () => {
    const { service, tab, press, poll, collects } = await open()
    await poll(M)
    const connected = await press(await tab(M), '/pairing/approve')
    service.clock.advance(119 * SECOND)
    await poll(M, ELSEWHERE)
    const asked = await press(connected, '/pairing/check')
    expect(await press(asked, '/pairing/approve', { sure: 'true' })).toContain(CONNECTED)
    service.clock.advance(119 * SECOND)
    expect(await collects(M, ELSEWHERE)).toBe(true)
    expect(await collects(M)).toBe(false)
  })

  it('expires after two minutes, and a later confirmation does not renew it', async () => {
    const { service, tab, press, poll, collects } = await open()
    await poll(M)
    const page = await tab(M)
    const connected = await press(page, '/pairing/approve')
    service.clock.advance(120 * SECOND)
    expect(await collects(M)).toBe(false)
    expect(await press(connected, '/pairing/check')).toContain(NOTHING)
    expect(await press(page, '/pairing/approve')).toContain(NOTHING)
    await service.runCron()
    expect(await press(page, '/pairing/approve')).toContain(NOTHING)
    expect(await collects(M)).toBe(false)
  })

  it('can be denied until it has fetched its key, and not after', async () => {
    const { tab, press, poll, collects } = await open()
    for (const key of [M, O]) await poll(key)
    const [first, second] = [await tab(M), await tab(O)]
    for (const page of [first, second])
      expect(await press(page, '/pairing/approve')).toContain(CONNECTED)
    expect(await press(first, '/pairing/deny')).toContain(DENIED)
    expect([await collects(M), await collects(O)]).toEqual([false, true])
    expect(await press(second, '/pairing/deny')).toContain(NOTHING)
  })

  it('is approved once when two users approve it at the same time, and belongs to the first', async () => {
    const { service, tab, press, poll, collects } = await open()
    await poll(M)
    const janes = await tab(M)
    const other = new TestBrowser(service, { 'CF-Connecting-IP': HERE })
    const form = await other.open(`${SITE}/login`)
    await other.send(`${SITE}/login`, { ...hiddenFields(form.body, '/login'), ...admin })
    await other.open(`${SITE}/login_from_desktop?pairing_key=${M}&platform=mac&computer=x`)
    const admins = await other.open(`${SITE}/pairing`)
    const sent = hiddenFields(admins.body, '/pairing/approve')
    const told = await Promise.all([
      press(janes, '/pairing/approve'),
      other.send(`${SITE}/pairing/approve`, sent).then(({ body }) => body as string),
    ])
    expect(told.filter((page) => page.includes(CONNECTED))).toHaveLength(1)
    expect(told.filter((page) => page.includes(NOTHING))).toHaveLength(1)
    expect(await collects(M)).toBe(true)
    expect(await isKeyOf(told[0].includes(CONNECTED) ? 'sessionuser' : 'siteadmin')).toBe(true)
  })

  it('gets one key when it polls at once from many networks of which one was seen', async () => {
    const { tab, press, poll } = await open()
    await poll(M)
    await press(await tab(M), '/pairing/approve')
    const addresses = Array.from({ length: 50 }, (_, nth) => (nth % 2 ? HERE : `198.51.100.${nth}`))
    const replies = await Promise.all(addresses.map((address) => poll(M, address)))
    const winners = replies.flatMap(({ status }, nth) => (status === 201 ? [addresses[nth]] : []))
    expect(winners).toEqual([HERE])
  })

  it('shows and stores only the first five networks that poll', async () => {
    const { tab, press, poll, collects } = await open()
    for (let nth = 1; nth <= 9; nth++) for (const _ of [1, 2]) await poll(M, `198.51.100.${nth}`)
    const page = await tab(M)
    const shown = Array.from({ length: 9 }, (_, nth) => page.includes(`198.51.100.${nth + 1}<`))
    expect(shown).toEqual([...Array(5).fill(true), ...Array(4).fill(false)])
    const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM pairing_pollers').all()
    const more = await env.DB_EU_CENTRAL_1.prepare('SELECT * FROM pairing_pollers').all()
    expect([...results, ...more.results]).toHaveLength(5)
    expect(JSON.stringify([...results, ...more.results])).not.toContain('198.51.100')
    await press(page, '/pairing/approve', { sure: 'true' })
    expect([await collects(M, '198.51.100.6'), await collects(M, '198.51.100.5')]).toEqual([
      false,
      true,
    ])
  })

  it('is kept to its user’s network when the site pins apps', async () => {
    const { tab, press, poll, collects } = await open()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET desktop_app_session_ip_pinning = 1').run()
    for (const address of [HERE, ELSEWHERE]) await poll(M, address)
    const connected = await press(await tab(M), '/pairing/approve', { sure: 'true' })
    expect(connected).toContain(CONNECTED)
    expect(await press(connected, '/pairing/check')).toContain(CONNECTED)
    expect([await collects(M, ELSEWHERE), await collects(M)]).toEqual([false, true])
    await poll(O, ELSEWHERE)
    const refused = await press(await tab(O), '/pairing/approve', { sure: 'true' })
    expect(refused).toContain('role="alert"')
    expect(await collects(O, ELSEWHERE)).toBe(false)
  })
})

describe('A page of an attacker', () => {
  it('cannot make its visitor’s network the one that is shown', async () => {
    const { service, tab, press, poll, collects } = await open()
    const forged = await service.ask('POST', `${API}/sessions/pairing_key/${M}`, {
      headers: {
        'CF-Connecting-IP': HERE,
        Origin: 'https://evil.example',
        'Sec-Fetch-Site': 'cross-site',
      },
      body: '',
    })
    expect(forged.status).toBe(403)
    await poll(M, ELSEWHERE)
    const page = await tab(M)
    expect(page).toContain('id="sure"')
    expect(page).toContain(ELSEWHERE)
    expect(page).not.toContain(HERE)
    await press(page, '/pairing/deny')
    expect(await collects(M, ELSEWHERE)).toBe(false)
  })
})
