import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { AdminJourney, PHONE, type Role } from './support/admin.ts'
import { clickInPlace, follow, pathOf, press } from './support/navigation.ts'

let journey: AdminJourney

beforeAll(async () => {
  journey = await AdminJourney.open()
})
afterAll(() => journey?.close())
beforeEach(() => journey.begin())
afterEach(() => journey.end())

async function act(page: Page, what: string, who: Role): Promise<void> {
  const username = journey.nameOf(who)
  await clickInPlace(page.getByLabel(`More: ${username}`, { exact: true }))
  await press(page, `${what}: ${username}`)
}

function rows(page: Page) {
  return page.locator('ul.rows > li')
}

describe('A site admin at a browser', () => {
  it('invites a user, finds, disables and enables them, and revokes their sessions', async () => {
    const page = await journey.logIn('siteadmin')
    await page.locator('#username').fill('jane')
    await page.locator('#email').fill('jane@acme.example')
    await press(page, 'Invite user')
    expect(await page.getByRole('status').textContent()).toMatch(/invited by email/)
    const mails = await page.evaluate(async () => (await fetch('/outbox.json')).text())
    expect(mails).toContain('jane@acme.example')
    await page.locator('#search').fill('SESSIONU')
    await press(page, 'Search')
    expect(await rows(page).count()).toBe(1)
    const user = await journey.logIn('sessionuser', undefined, {}, '/account')
    await act(page, 'Disable', 'sessionuser')
    expect(await page.getByText('Disabled', { exact: true }).count()).toBe(1)
    expect(await page.locator('#search').inputValue()).toBe('SESSIONU')
    await user.reload()
    expect(pathOf(user)).toBe('/login')
    await act(page, 'Enable', 'sessionuser')
    const again = await journey.logIn('sessionuser', undefined, {}, '/account')
    await act(page, 'Revoke all sessions', 'sessionuser')
    await again.reload()
    expect(pathOf(again)).toBe('/login')
    expect(await violations(page)).toEqual([])
  })

  it('sees errors without losing input, and cannot lock the site out', async () => {
    const page = await journey.logIn('siteadmin')
    await page.locator('#username').fill(journey.nameOf('sessionuser'))
    await page.locator('#email').fill('new@acme.example')
    await page.locator('#site_admin').check()
    await press(page, 'Invite user')
    expect(await page.getByRole('alert').textContent()).toMatch(/taken/)
    expect(await page.locator('#email').inputValue()).toBe('new@acme.example')
    expect(await page.locator('#site_admin').isChecked()).toBe(true)
    await act(page, 'Disable', 'siteadmin')
    expect(await page.getByRole('alert').textContent()).toMatch(/last admin/)
  })

  it('sees who is locked out, and unlocks them', async () => {
    for (let guess = 0; guess < 10; guess++) await journey.attempt('sessionuser', `wrong ${guess}`)
    const page = await journey.logIn('siteadmin')
    await page.locator('#search').fill('user')
    await press(page, 'Search')
    expect(await page.getByText(/^Locked until/).count()).toBe(1)
    await act(page, 'Unlock', 'sessionuser')
    expect(await page.getByText(/^Locked until/).count()).toBe(0)
    expect(await page.getByRole('button', { name: /^Unlock/ }).count()).toBe(0)
    const user = await journey.logIn('sessionuser', undefined, {}, '/account')
    expect(pathOf(user)).toBe('/account')
  })

  it('filters the list, page by page', async () => {
    const [page, id] = [await journey.logIn('siteadmin'), await journey.idOf('siteadmin')]
    await journey.run(
      `INSERT INTO users (id, site_id, username, username_key, created_at, disabled, authentication_method)
      SELECT ${id} + 1000 + value, site_id, 'off' || value, 'off' || value, 1, value <= 60,
        iif(value > 60, 'sso', 'password')
      FROM users, generate_series(1, 62) WHERE users.id = ${id}`.replace(
        'generate_series(1, 62)',
        `(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 62) SELECT value FROM n)`,
      ),
    )
    const namesWith = async (...boxes: string[]) => {
      await page.goto(journey.at('/admin/users'))
      for (const box of boxes) await page.getByLabel(box, { exact: true }).check()
      await press(page, 'Search')
      return page.locator('ul.rows strong').allTextContents()
    }
    expect(await namesWith('Admins only')).toEqual([journey.nameOf('siteadmin')])
    expect(await namesWith('Single sign-on only')).toEqual(['off61', 'off62'])
    expect(await namesWith('Single sign-on only', 'Admins only')).toEqual([])
    expect(await namesWith('Disabled only')).toHaveLength(50)
    await follow(page, 'Next page')
    expect(await rows(page).count()).toBe(10)
    expect(await page.getByLabel('Disabled only').isChecked()).toBe(true)
  })

  it('of 10,000 users sees fifty at a time, and finds one, even on a phone', async () => {
    await journey.run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
      INSERT INTO users (id, site_id, username, username_key, created_at)
      SELECT 40000000000000 + i, (SELECT id FROM sites WHERE subdomain = '${journey.site.subdomain}'),
        'many' || i, 'many' || i, 1 FROM n`)
    const page = await journey.logIn('siteadmin', undefined, PHONE)
    expect(await rows(page).count()).toBe(50)
    const first = await page.locator('ul.rows li strong').first().textContent()
    await follow(page, 'Next page')
    expect(await page.locator('ul.rows li strong').first().textContent()).not.toBe(first)
    await page.locator('#search').fill('many9999')
    await press(page, 'Search')
    expect(await rows(page).count()).toBe(1)
    expect(await violations(page)).toEqual([])
  })
})
