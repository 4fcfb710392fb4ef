import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { openBrowser } from './support/browser.ts'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'

let latchkey: Latchkey
let browser: Browser

beforeAll(async () => {
  ;[latchkey, browser] = await Promise.all([startLatchkey(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await latchkey?.stop()
})

async function logIn(
  username: string,
  password: string,
  look: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', bypassCSP: true, ...look })
  const page = await context.newPage()
  await page.goto(`${latchkey.siteOrigin}/admin/users`)
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  return page
}

async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  await Promise.all([page.waitForEvent('load'), button.click()])
}

async function act(page: Page, what: string, username: string): Promise<void> {
  await page.getByLabel(`More: ${username}`, { exact: true }).click()
  await press(page, `${what}: ${username}`)
}

describe('A site admin at a browser', () => {
  it('invites a user, finds it, disables and enables it, and ends its sessions', async () => {
    const page = await logIn('siteadmin', 'siteadminpassword')
    await page.locator('#username').fill('jane')
    await page.locator('#email').fill('jane@acme.example')
    await press(page, 'Invite')
    expect(await page.getByRole('status').textContent()).toMatch(/invited by mail/)
    const mails = await page.evaluate(async () => (await fetch('/outbox.json')).text())
    expect(mails).toContain('jane@acme.example')
    await page.locator('#search').fill('SESSIONU')
    await press(page, 'Search')
    expect(await page.locator('ul.rows li').count()).toBe(1)
    const user = await logIn('sessionuser', 'sessionuserpassword')
    await user.goto(`${latchkey.siteOrigin}/account`)
    await act(page, 'Disable', 'sessionuser')
    expect(await page.getByText('Disabled', { exact: true }).count()).toBe(1)
    await user.reload()
    expect(new URL(user.url()).pathname).toBe('/login')
    await act(page, 'Enable', 'sessionuser')
    await act(page, 'Unlock', 'sessionuser')
    await act(page, 'Reset second factors', 'sessionuser')
    const again = await logIn('sessionuser', 'sessionuserpassword')
    await again.goto(`${latchkey.siteOrigin}/account`)
    await act(page, 'End sessions', 'sessionuser')
    await again.reload()
    expect(new URL(again.url()).pathname).toBe('/login')
    expect(await violations(page)).toEqual([])
  })

  it('is told what is wrong, with nothing lost, and cannot lock the site up', async () => {
    const page = await logIn('siteadmin', 'siteadminpassword')
    await page.locator('#username').fill('sessionuser')
    await page.locator('#email').fill('new@acme.example')
    await press(page, 'Invite')
    expect(await page.getByRole('alert').textContent()).toMatch(/taken/)
    expect(await page.locator('#email').inputValue()).toBe('new@acme.example')
    await act(page, 'Disable', 'siteadmin')
    expect(await page.getByRole('alert').textContent()).toMatch(/last administrator/)
  })

  it('of 10,000 users sees fifty at a time, on a phone too', async () => {
    const database = await latchkey.database('DB_US_EAST_1')
    await database
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        INSERT INTO users (id, site_id, username, username_key, created_at)
        SELECT 40000000000000 + i, (SELECT id FROM sites WHERE subdomain = 'mysite'),
          'many' || i, 'many' || i, 1 FROM n`,
      )
      .run()
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
    const page = await logIn('siteadmin', 'siteadminpassword', phone)
    expect(await page.locator('ul.rows li').count()).toBe(50)
    const first = await page.locator('ul.rows li strong').first().textContent()
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.waitForLoadState('load')
    expect(await page.locator('ul.rows li strong').first().textContent()).not.toBe(first)
    await page.locator('#search').fill('many9999')
    await press(page, 'Search')
    expect(await page.locator('ul.rows li').count()).toBe(1)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
  })

  it('sets rules, which hold at once, and is told which cannot be', async () => {
    const page = await logIn('siteadmin', 'siteadminpassword')
    await page.goto(`${latchkey.siteOrigin}/admin/rules`)
    await page.locator('#login_help_text').fill('Ask Jo <b>first</b>.')
    await page.locator('#session_expiry').fill('0.5')
    await page.locator('#disable_password_reset').check()
    await press(page, 'Save the rules')
    expect(await page.getByRole('status').textContent()).toMatch(/are saved/)
    expect(await page.locator('#session_expiry').inputValue()).toBe('0.5')
    expect(await violations(page)).toEqual([])
    const anyone = await (await browser.newContext({ locale: 'en-US' })).newPage()
    await anyone.goto(`${latchkey.siteOrigin}/login`)
    expect(await anyone.locator('main').textContent()).toContain('Ask Jo <b>first</b>.')
    await page.locator('#allowed_ips').fill('198.51.100.1')
    await press(page, 'Save the rules')
    expect(await page.getByRole('alert').textContent()).toMatch(/lock yourself out/)
    expect(await page.locator('#allowed_ips').inputValue()).toBe('198.51.100.1')
    await page.locator('#allowed_ips').fill('')
    await page.locator('#user_lockout_tries').fill('0')
    await press(page, 'Save the rules')
    expect(await page.getByRole('alert').textContent()).toMatch(/user_lockout_tries/)
    await page.locator('#user_lockout_tries').fill('10')
    await page.locator('#disable_password_reset').uncheck()
    await press(page, 'Save the rules')
    expect(await page.locator('#disable_password_reset').isChecked()).toBe(false)
  })

  it('sees who logged in and who failed, keeps it as CSV, and ends a session', async () => {
    const user = await logIn('sessionuser', 'sessionuserpassword')
    await user.goto(`${latchkey.siteOrigin}/account`)
    await logIn('sessionuser', 'wrong')
    const page = await logIn('siteadmin', 'siteadminpassword')
    await page.goto(`${latchkey.siteOrigin}/admin/history`)
    await page.locator('#outcome').selectOption('password_mismatch')
    await press(page, 'Search')
    expect(await page.locator('ul.rows').first().textContent()).toContain('sessionuser')
    expect(await page.locator('ul.rows').first().textContent()).not.toContain('Success')
    expect(await violations(page)).toEqual([])
    const csv = await page.evaluate(async () =>
      (await fetch('/api/rest/v1/history/changes.csv')).text(),
    )
    expect(csv).toMatch(/site_changed.*login_help_text/)
    await page.getByRole('button', { name: 'End: sessionuser' }).first().click()
    await page.waitForLoadState('load')
    while ((await page.getByRole('button', { name: 'End: sessionuser' }).count()) > 0)
      await Promise.all([
        page.waitForEvent('load'),
        page.getByRole('button', { name: 'End: sessionuser' }).first().click(),
      ])
    await user.reload()
    expect(new URL(user.url()).pathname).toBe('/login')
  })
})
