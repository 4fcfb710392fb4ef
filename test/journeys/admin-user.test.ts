import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { messagesFor } from '../../src/messages/messages.ts'
import { violations } from './support/accessibility.ts'
import { AdminJourney, DESK, type Look, PHONE } from './support/admin.ts'
import {
  clickInPlace,
  clickThrough,
  follow,
  pathOf,
  press,
  pressEnter,
} from './support/navigation.ts'

let journey: AdminJourney

beforeAll(async () => {
  journey = await AdminJourney.open()
})
afterAll(() => journey?.close())
beforeEach(() => journey.begin())
afterEach(() => journey.end())

async function openUser(username: string, look?: Look): Promise<Page> {
  const path = `/admin/users/${await journey.idOf(username)}`
  return journey.logIn('siteadmin', undefined, look, path)
}

async function invite(username: string): Promise<void> {
  const page = await journey.logIn('siteadmin')
  await page.locator('#username').fill(username)
  await page.locator('#email').fill(`${username}@acme.example`)
  await press(page, 'Invite user')
  await page.context().close()
}

async function outbox(page: Page): Promise<string> {
  return page.evaluate(async () => (await fetch('/outbox.json')).text())
}

describe('A site admin, on the page of a user', () => {
  it.each([
    ['at a desk', DESK],
    ['on a phone', PHONE],
  ] as [string, Look][])('sees who they are, and what was done to them: %s', async (_, look) => {
    const page = await journey.logIn('siteadmin', undefined, look)
    await follow(page, journey.nameOf('sessionuser'))
    const who = await page.locator('section').first().textContent()
    for (const told of [journey.site.user.email, '2FA methods', 'Single sign-on', 'Created'])
      expect(who).toContain(told)
    expect(
      await page.getByText(journey.nameOf('sessionuser'), { exact: true }).count(),
    ).toBeGreaterThan(0)
    expect(await violations(page)).toEqual([])
  })

  it('changes every setting, which is stored as typed', async () => {
    const page = await openUser('sessionuser')
    const texts = {
      email: 'new@acme.example',
      time_zone: 'Europe/Berlin',
      user_root: 'incoming',
      password_validity_days: '90',
      allowed_ips: '127.0.0.0/8\n2001:db8::/32',
      authenticate_until: '2099-01-31T12:00',
    }
    const choices = { language: 'fr', require_2fa: 'never_require', ssl_required: 'always_require' }
    const boxes = { site_admin: true, bypass_site_allowed_ips: true, require_password_change: true }
    for (const [id, text] of Object.entries(texts)) await page.locator(`#${id}`).fill(text)
    for (const [id, one] of Object.entries(choices)) await page.locator(`#${id}`).selectOption(one)
    for (const id of Object.keys(boxes)) await page.locator(`#${id}`).check()
    await press(page, 'Save')
    expect(await page.getByRole('status').textContent()).toMatch(/Settings saved/)
    await page.goto(page.url())
    for (const [id, text] of Object.entries({ ...texts, ...choices }))
      expect([id, await page.locator(`#${id}`).inputValue()]).toEqual([id, text])
    for (const id of Object.keys(boxes))
      expect([id, await page.locator(`#${id}`).isChecked()]).toEqual([id, true])
    const changes = await page.locator('section').last().textContent()
    expect(changes).toContain(`Email address: ${journey.site.user.email} → new@acme.example`)
    expect(changes).toContain('Site admin: no → yes')
    expect(changes).toContain('Language: nothing → Français')
    for (const id of [...Object.keys(boxes), 'restapi_permission'])
      await page.locator(`#${id}`).uncheck()
    await press(page, 'Save')
    for (const id of [...Object.keys(boxes), 'restapi_permission'])
      expect([id, await page.locator(`#${id}`).isChecked()]).toEqual([id, false])
    await page.locator('#restapi_permission').check()
    await page.locator('#password_validity_days').fill('')
    await page.locator('#authenticate_until').fill('')
    await press(page, 'Save')
    expect(await page.locator('#authenticate_until').inputValue()).toBe('')
  })

  it('makes the account shared, and personal again', async () => {
    const page = await openUser('sessionuser')
    const box = page.getByRole('checkbox', { name: 'Shared account' })
    const changes = () => page.locator('section').last().textContent()
    const selfManaged = async () => {
      const database = await journey.latchkey.database('DB_US_EAST_1')
      const sql = `SELECT self_managed FROM users WHERE id = ${await journey.idOf('sessionuser')}`
      return (await database.prepare(sql).all()).results[0]?.self_managed
    }
    expect(await box.isChecked()).toBe(false)
    await box.check()
    await press(page, 'Save')
    expect(await box.isChecked()).toBe(true)
    expect(await changes()).toContain('Shared account: no → yes')
    expect(await selfManaged()).toBe(0)
    await box.uncheck()
    await press(page, 'Save')
    expect(await box.isChecked()).toBe(false)
    expect(await changes()).toContain('Shared account: yes → no')
    expect(await selfManaged()).toBe(1)
  })

  it('sees errors at the top, and keeps everything typed', async () => {
    const page = await openUser('sessionuser')
    await page.locator('#email').fill('not an address')
    await page.locator('#allowed_ips').fill('somewhere')
    await page.locator('#time_zone').fill('Europe/Nowhere')
    await page.locator('#site_admin').check()
    await press(page, 'Save')
    const alert = page.getByRole('alert')
    expect(await alert.textContent()).toMatch(
      /network per line.*email address such as.*time zone such as/,
    )
    expect(await alert.evaluate((one) => one === document.activeElement)).toBe(true)
    expect(await page.locator('#allowed_ips').inputValue()).toBe('somewhere')
    expect(await page.locator('#site_admin').isChecked()).toBe(true)
    const wrong = page.locator('[aria-invalid=true]')
    expect(await wrong.evaluateAll((all) => all.map(({ id }) => id))).toEqual([
      ...['email', 'time_zone', 'allowed_ips'],
    ])
    expect(await violations(page)).toEqual([])
    await page.goto(page.url())
    expect(await page.locator('#site_admin').isChecked()).toBe(false)
    await page.locator('#password_validity_days').fill('many')
    await press(page, 'Save')
    expect(await alert.textContent()).toContain('Password expiry (days)')
    await page.locator('#password_validity_days').fill('')
    await page.locator('#authentication_method').selectOption('sso')
    await press(page, 'Save')
    expect(await alert.textContent()).toContain(messagesFor('en').modelErrors['strategy-missing'])
    expect(await page.locator('#authentication_method').inputValue()).toBe('sso')
  })

  it('assigns the identity provider that the user logs in by', async () => {
    const sso = await journey.logIn('siteadmin', undefined, {}, '/admin/sso')
    await sso.locator('#provider').selectOption('google')
    await sso.locator('#label').fill('Acme at Google')
    await sso.locator('#client_id').fill('acme')
    await sso.locator('#client_secret').fill('secret')
    await press(sso, 'Add provider')
    const page = await openUser('sessionuser')
    await page.locator('#authentication_method').selectOption('sso')
    await page.locator('#sso_strategy_id').selectOption({ label: 'Acme at Google' })
    await press(page, 'Save')
    expect(await page.locator('dl').textContent()).toContain('Acme at Google')
    const last = await page.locator('section').last().textContent()
    expect(last).toContain('Identity provider: nothing → Acme at Google')
    await page.locator('#authentication_method').selectOption('password')
    await page.locator('#sso_strategy_id').selectOption('0')
    await press(page, 'Save')
    expect(await page.getByRole('status').count()).toBe(1)
  })

  it('disables and enables the user, and revokes one session or all', async () => {
    const page = await openUser('sessionuser')
    const log = async () => {
      const user = await journey.logIn('sessionuser', undefined, {}, '/account')
      expect(pathOf(user)).toBe('/account')
      return user
    }
    const isOut = async (user: Page) => {
      await user.reload()
      return pathOf(user) === '/login'
    }
    const [one, two] = [await log(), await log()]
    await page.reload()
    const ends = page.getByRole('button', { name: /^Revoke: sessionuser/ })
    expect(await ends.count()).toBe(2)
    await clickThrough(ends.first())
    expect(await ends.count()).toBe(1)
    expect(pathOf(page)).toMatch(/^\/admin\/users\/\d+$/)
    expect([await isOut(one), await isOut(two)].filter(Boolean)).toHaveLength(1)
    await press(page, 'Revoke all sessions')
    expect([await isOut(one), await isOut(two)]).toEqual([true, true])
    const three = await log()
    await press(page, 'Disable')
    expect(await page.locator('.badge', { hasText: 'Disabled' }).count()).toBe(1)
    expect(await isOut(three)).toBe(true)
    await press(page, 'Enable')
    expect(await page.locator('.badge', { hasText: 'Disabled' }).count()).toBe(0)
    await log()
  })

  it('unlocks a locked-out user, and resets their 2FA if they have any', async () => {
    const page = await openUser('sessionuser')
    expect(await page.getByRole('button', { name: /Unlock|Reset/ }).count()).toBe(0)
    for (let guess = 0; guess < 10; guess++) await journey.attempt('sessionuser', `wrong ${guess}`)
    await journey.run(
      `UPDATE users SET type_of_2fa = 'totp_u2f' WHERE username = '${journey.nameOf('sessionuser')}'`,
    )
    await page.reload()
    expect(await page.getByText(/^Locked until/).count()).toBe(1)
    expect(await page.locator('dl').textContent()).toContain('Authenticator app, Security key')
    await press(page, 'Unlock')
    expect(await page.getByText(/^Locked until/).count()).toBe(0)
    await press(page, 'Reset two-factor authentication')
    expect(await page.getByRole('button', { name: /Unlock|Reset/ }).count()).toBe(0)
    const changes = await page.locator('section').last().textContent()
    expect(changes).toMatch(/Two-factor authentication reset.*User unlocked/s)
  })

  it('sends the welcome mail again', async () => {
    await invite('jane')
    const page = await openUser('jane')
    const before = (await outbox(page)).split('jane@acme.example').length
    await press(page, 'Send welcome email')
    expect(await page.getByRole('status').textContent()).toContain('jane')
    expect((await outbox(page)).split('jane@acme.example').length).toBeGreaterThan(before)
  })

  it('changes and deletes the user after a confirmation, even without scripts', async () => {
    await invite('joan')
    const page = await openUser('joan', { javaScriptEnabled: false })
    await page.locator('#user_root').fill('incoming')
    await page.locator('#require_2fa').selectOption('always_require')
    await press(page, 'Save')
    expect(await page.locator('#user_root').inputValue()).toBe('incoming')
    expect(await page.locator('#require_2fa').inputValue()).toBe('always_require')
    await clickInPlace(page.locator('summary', { hasText: 'Delete' }))
    await clickInPlace(page.getByRole('button', { name: 'Delete', exact: true }))
    expect(pathOf(page)).toMatch(/^\/admin\/users\/\d+$/)
    expect(await journey.idOf('joan')).toBeGreaterThan(0)
    await page.getByLabel('Yes, delete joan permanently').check()
    await press(page, 'Delete')
    expect(await page.getByRole('status').textContent()).toBe('joan was deleted.')
    expect(await journey.idOf('joan')).toBeNaN()
  })

  it('changes a setting with the keyboard alone', async () => {
    const page = await openUser('sessionuser')
    const reached: string[] = []
    for (let stop = 0; stop < 60 && reached.at(-1) !== 'Save'; stop++) {
      await page.keyboard.press('Tab')
      reached.push(
        await page.evaluate(
          () => document.activeElement?.id || document.activeElement?.textContent || '',
        ),
      )
      if (reached.at(-1) === 'user_root') await page.keyboard.type('by-keyboard')
      if (reached.at(-1) === 'site_admin') await page.keyboard.press('Space')
    }
    const fields = reached.filter((one) => /^[a-z_0-9]+$/.test(one))
    expect(fields.filter((one, nth) => one !== fields[nth - 1])).toEqual([
      ...['email', 'language', 'time_zone', 'authentication_method', 'sso_strategy_id'],
      ...['require_2fa', 'self_managed', 'require_password_change', 'password_validity_days'],
      ...['allowed_ips', 'bypass_site_allowed_ips', 'authenticate_until', 'restapi_permission'],
      ...['ftp_permission', 'sftp_permission', 'dav_permission', 'site_admin'],
      ...['readonly_site_admin', 'read_only', 'user_root', 'ssl_required'],
    ])
    await pressEnter(page)
    expect(await page.locator('#user_root').inputValue()).toMatch(/by-keyboard$/)
    expect(await page.locator('#site_admin').isChecked()).toBe(true)
  })

  it('gets a 404 for a user of another site, and for one that does not exist', async () => {
    const page = await journey.logIn('siteadmin')
    await journey.run(`INSERT INTO sites (id, name, subdomain, created_at)
      SELECT id + 1, 'Other', 'other', 1 FROM sites WHERE subdomain = '${journey.site.subdomain}'`)
    await journey.run(`INSERT INTO users (id, site_id, username, username_key, created_at)
      SELECT 40000000000007, id, 'stranger', 'stranger', 1 FROM sites WHERE subdomain = 'other'`)
    for (const id of [40_000_000_000_007, 7]) {
      const reply = await page.goto(journey.at(`/admin/users/${id}`))
      expect(reply?.status()).toBe(404)
      expect(await page.locator('main').textContent()).toContain('There is no such user.')
      expect(await page.content()).not.toContain('stranger')
    }
  })
})
