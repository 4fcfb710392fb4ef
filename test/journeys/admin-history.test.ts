import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { AdminJourney, DESK, type Look, PHONE } from './support/admin.ts'
import { clickThrough, follow, pathOf, press } from './support/navigation.ts'

let journey: AdminJourney

beforeAll(async () => {
  journey = await AdminJourney.open()
})
afterAll(() => journey?.close())
beforeEach(() => journey.begin())
afterEach(() => journey.end())

async function open(path: string, look?: Look): Promise<Page> {
  return journey.logIn('siteadmin', undefined, look, path)
}

/** The page behind a link, fetched with the page's session. */
async function csvOf(page: Page): Promise<string[]> {
  const link = await page.getByRole('link', { name: /CSV/ }).getAttribute('href')
  const text = await page.evaluate(async (path) => (await fetch(path)).text(), link ?? '')
  return text.trim().split('\r\n').slice(1)
}

function rows(page: Page): Promise<string[]> {
  return page.locator('ul.rows > li').allTextContents()
}

describe('A site admin at a browser', () => {
  it.each([
    ['at a desk', DESK],
    ['on a phone', PHONE],
  ] as [string, Look][])(
    'sees who logged in and who failed, in plain words: %s',
    async (_, look) => {
      await journey.attempt('sessionuser', 'sessionuserpassword')
      await journey.attempt('sessionuser', 'wrong')
      await journey.attempt('nobody', 'wrong')
      const page = await open('/admin/history', look)
      const all = (await rows(page)).join('\n')
      for (const told of ['Success', 'Incorrect password', 'Unknown username'])
        expect(all).toContain(told)
      expect(await page.getByTitle('password_mismatch').count()).toBeGreaterThan(0)
      await page.locator('#outcome').selectOption({ label: 'Incorrect password' })
      await page.locator('#username').fill(journey.nameOf('sessionuser').toUpperCase())
      await press(page, 'Search')
      for (const row of await rows(page)) expect(row).toMatch(/sessionuser.*Incorrect password/s)
      expect((await csvOf(page)).every((line) => line.includes('password_mismatch'))).toBe(true)
      expect(await page.locator('#username').inputValue()).toBe(
        journey.nameOf('sessionuser').toUpperCase(),
      )
      expect(await violations(page)).toEqual([])
      await page.locator('#username').fill('nobody')
      await page.locator('#outcome').selectOption('')
      await press(page, 'Search')
      expect((await rows(page)).every((row) => row.includes('Unknown username'))).toBe(true)
      expect(await csvOf(page)).toHaveLength((await rows(page)).length)
    },
  )

  it('finds logins by email address under the user’s name, and paging keeps the filter', async () => {
    const id = await journey.idOf('sessionuser')
    await journey.run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO login_history (id, site_id, user_id, username, outcome, user_agent, request_id, created_at)
      SELECT 50000000000000 + i, site_id, id, '${journey.site.user.email}', 'disabled', '', '', 86400000 * 365 + i
      FROM users, n WHERE users.id = ${id}`)
    const page = await open('/admin/history')
    await page.locator('#username').fill(journey.nameOf('sessionuser'))
    await page.locator('#from').fill('1971-01-01')
    await page.locator('#until').fill('1971-01-01')
    await press(page, 'Search')
    expect(await rows(page)).toHaveLength(50)
    await follow(page, 'Next page')
    expect(await rows(page)).toHaveLength(10)
    expect(await page.locator('#username').inputValue()).toBe(journey.nameOf('sessionuser'))
    expect(await page.locator('#until').inputValue()).toBe('1971-01-01')
    expect(await csvOf(page)).toHaveLength(60)
    await page.locator('#from').fill('1971-01-02')
    await page.locator('#until').fill('1971-01-03')
    await press(page, 'Search')
    expect(await rows(page)).toEqual([])
  })

  it('filters days in their own time zone', async () => {
    const id = await journey.idOf('siteadmin')
    await journey.run(`INSERT INTO login_history (id, site_id, user_id, username, outcome, user_agent, request_id, created_at)
      SELECT 50000000001000, site_id, id, 'midnight', 'none', '', '', unixepoch('1972-06-30T23:30:00Z') * 1000
      FROM users WHERE id = ${id}`)
    const found = async () => {
      const page = await open('/admin/history?from=1972-06-30&until=1972-06-30')
      return (await rows(page)).length
    }
    expect(await found()).toBe(1)
    await journey.run(`UPDATE users SET time_zone = 'Europe/Berlin' WHERE id = ${id}`)
    expect(await found()).toBe(0)
    await journey.run(`UPDATE users SET time_zone = NULL WHERE id = ${id}`)
  })

  it.each([
    ['at a desk', DESK],
    ['on a phone', PHONE],
  ] as [string, Look][])('revokes a session, by name: %s', async (_, look) => {
    const user = await journey.logIn('sessionuser', undefined, {}, '/account')
    const page = await open('/admin/history', look)
    await clickThrough(page.getByRole('main').getByRole('link', { name: 'Active sessions' }))
    expect(pathOf(page)).toBe('/admin/sessions')
    await page.locator('#username').fill(journey.nameOf('sessionuser').toUpperCase())
    await press(page, 'Search')
    expect((await rows(page)).every((row) => row.includes('sessionuser'))).toBe(true)
    expect(await violations(page)).toEqual([])
    const end = page.getByRole('button', { name: /^Revoke: sessionuser/ })
    while ((await end.count()) > 0) await clickThrough(end.first())
    expect(await page.locator('#username').inputValue()).toBe(
      journey.nameOf('sessionuser').toUpperCase(),
    )
    expect(await page.locator('main').textContent()).toContain('There are no active sessions.')
    await user.reload()
    expect(pathOf(user)).toBe('/login')
    await page.locator('#username').fill('nobody at all')
    await press(page, 'Search')
    expect(await rows(page)).toEqual([])
  })

  it('reads all active sessions, page by page', async () => {
    const page = await open('/admin/sessions')
    const own = (await rows(page)).length
    const id = await journey.idOf('sessionuser')
    await journey.run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO keyed_sessions (id, digest, site_id, user_id, credential_version, epoch, created_at,
        last_used_at, timeout_at, ends_at)
      SELECT 50000000000000 + i, 'digest ' || i, site_id, ${id},
        (SELECT credential_version FROM users WHERE id = ${id}), epoch, created_at,
        last_used_at, timeout_at, ends_at
      FROM keyed_sessions, n
      WHERE keyed_sessions.user_id = (SELECT id FROM users WHERE username = '${journey.site.admin.username}')`)
    await page.reload()
    expect(await rows(page)).toHaveLength(50)
    await follow(page, 'Next page')
    expect(await rows(page)).toHaveLength(own + 10)
  })

  it.each([
    ['at a desk', DESK],
    ['on a phone', PHONE],
  ] as [string, Look][])('sees what was changed, by whom and how: %s', async (_, look) => {
    await journey.attempt('sessionuser', 'sessionuserpassword')
    const page = await open(`/admin/users/${await journey.idOf('sessionuser')}`, look)
    await press(page, 'Revoke all sessions')
    await page.goto(journey.at('/admin/rules'))
    await page.locator('#session_expiry').fill('7')
    await press(page, 'Save settings')
    await follow(page, 'Audit log')
    const [last] = await rows(page)
    expect(last).toMatch(/Site settings changed.*by siteadmin.*Session timeout \(hours\): .* → 7/s)
    expect(await violations(page)).toEqual([])
    await page.locator('#event').selectOption({ label: 'Sessions revoked' })
    await page.locator('#from').fill('2020-01-01')
    await press(page, 'Search')
    const ended = await rows(page)
    expect(ended.length).toBeGreaterThan(0)
    expect(ended.every((row) => row.includes('Sessions revoked: sessionuser'))).toBe(true)
    const lines = await csvOf(page)
    expect(lines.length).toBe(ended.length)
    expect(lines.every((line) => line.includes('sessions_ended'))).toBe(true)
    await page.locator('#until').fill('2020-01-02')
    await press(page, 'Search')
    expect(await rows(page)).toEqual([])
  })

  it('reads all changes, page by page, and those of one user', async () => {
    const [own, id] = [await journey.idOf('siteadmin'), await journey.idOf('sessionuser')]
    await journey.run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO credential_events (id, site_id, user_id, event, actor, user_agent, request_id, created_at)
      SELECT 50000000000000 + i, site_id, id, 'welcome_sent', 'user:${own}', '', '', 86400000 * 365 + i
      FROM users, n WHERE users.id = ${id}`)
    const page = await open('/admin/rules')
    await page.locator('#session_expiry').fill('7')
    await press(page, 'Save settings')
    await page.goto(journey.at(`/admin/users/${id}`))
    await follow(page, 'All changes of this user')
    await page.locator('#event').selectOption('welcome_sent')
    await press(page, 'Search')
    expect(await rows(page)).toHaveLength(50)
    await follow(page, 'Next page')
    expect(await rows(page)).toHaveLength(10)
    expect(
      await page.getByLabel(`Only for the user ${journey.nameOf('sessionuser')}`).isChecked(),
    ).toBe(true)
    await page.getByLabel(`Only for the user ${journey.nameOf('sessionuser')}`).uncheck()
    await page.locator('#event').selectOption('site_changed')
    await press(page, 'Search')
    expect((await rows(page)).length).toBeGreaterThan(0)
  })
})
