import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { AdminJourney, DESK, type Look, PHONE } from './support/admin.ts'
import { clickThrough, logIn, nextPage, pathOf, press } from './support/navigation.ts'

let journey: AdminJourney
let pages: string[]

beforeAll(async () => {
  journey = await AdminJourney.open()
})
afterAll(() => journey?.close())
beforeEach(async () => {
  await journey.begin()
  const own = await journey.idOf('siteadmin')
  const users = [`/admin/users/${own}`, `/admin/users/${await journey.idOf('sessionuser')}`]
  const lists = ['users', 'rules', 'history', 'sessions', 'changes', 'sso']
  pages = [...lists.map((name) => `/admin/${name}`), ...users]
})
afterEach(() => journey.end())

function admin(look?: Look, path?: string): Promise<Page> {
  return journey.logIn('siteadmin', undefined, look, path)
}

describe('The pages of a site admin', () => {
  it.each([
    // In English, the journey of each page checks it.
    ['at a desk, in German', { ...DESK, locale: 'de-DE' }],
    ['in the dark, on a phone, in French', { ...PHONE, locale: 'fr-FR' }],
    [
      'on a small phone, in Spanish',
      { ...PHONE, viewport: { width: 320, height: 640 }, locale: 'es-ES' },
    ],
  ] as [string, Look][])('meet WCAG 2.2 AA: %s', async (_, look) => {
    const page = await admin(look)
    const found: Record<string, string[]> = {}
    for (const path of pages) {
      await page.goto(journey.at(path))
      await page.evaluate(() => {
        for (const one of document.querySelectorAll('details')) one.open = true
      })
      found[path] = await violations(page)
    }
    expect(found).toEqual(Object.fromEntries(pages.map((path) => [path, []])))
  })

  it('are fully in the reader’s language', async () => {
    const page = await admin({ ...DESK, locale: 'de-DE' })
    const english = /\b(the|users?|from|until|save|search|more|none|changed|sessions? of)\b/i
    for (const path of pages) {
      const [language, text] = await page.evaluate(async (asked) => {
        const html = await (await fetch(asked)).text()
        const { documentElement, body } = new DOMParser().parseFromString(html, 'text/html')
        for (const told of body.querySelectorAll('code, dd, option[lang]')) told.remove()
        return [documentElement.lang, body.textContent ?? ''] as const
      }, path)
      expect([path, language]).toEqual([path, 'de'])
      expect(text.replaceAll(/sessionuser\w*|siteadmin\w*|User-Agent/g, ''), path).not.toMatch(
        english,
      )
    }
  })

  it('link to each other, and mark the current one', async () => {
    const page = await admin()
    for (const [name, path] of [
      ['Settings', '/admin/rules'],
      ['Login history', '/admin/history'],
      ['Active sessions', '/admin/sessions'],
      ['Audit log', '/admin/changes'],
      ['Single sign-on', '/admin/sso'],
      ['Users', '/admin/users'],
      ['Your account', '/account'],
    ] as const) {
      await clickThrough(page.getByRole('navigation').getByRole('link', { name, exact: true }))
      expect(pathOf(page)).toBe(path)
      const here = page.locator('[aria-current=page]')
      if (path !== '/account') expect(await here.textContent()).toBe(name)
    }
  })

  it('are refused to users who are not admins', async () => {
    const page = await journey.logIn('sessionuser')
    for (const path of pages) {
      const [status, html] = await page.evaluate(async (asked) => {
        const reply = await fetch(asked)
        return [reply.status, await reply.text()] as const
      }, path)
      expect([path, status]).toEqual([path, 403])
      expect(html).toContain('Only a site admin')
    }
  })

  it('ask for a login first, and then show the requested page', async () => {
    const context = await journey.browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
    await page.goto(journey.at(`${pages.at(-1)}?locale=en`))
    expect(pathOf(page)).toBe('/login')
    await logIn(page, journey.site.admin)
    expect(pathOf(page)).toBe(pages.at(-1))
  })

  it('refuse forms of another origin', async () => {
    const page = await admin()
    const id = await journey.idOf('sessionuser')
    const forms = [`/admin/users/${id}`, `/admin/users/${id}/disable`, `/admin/users/${id}/delete`]
    const html = forms.map(
      (path) => `<form method="post" action="${journey.at(path)}">
        <input name="confirmed" value="true"></form>`,
    )
    const server = createServer((_, reply) => {
      reply.setHeader('Content-Type', 'text/html')
      reply.end(`<!doctype html><title>evil</title>${html.join('')}`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const evil = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    for (let nth = 0; nth < forms.length; nth++) {
      await page.goto(evil)
      const reply = page.waitForResponse(/admin\/users/)
      await nextPage(page, () => page.evaluate((which) => document.forms[which]?.submit(), nth))
      expect((await reply).status()).toBe(403)
    }
    server.close()
    const user = await journey.logIn('sessionuser', undefined, {}, '/account')
    expect(pathOf(user)).toBe('/account')
  })
})

describe('A site admin at a browser', () => {
  it('changes settings, which apply at once, and sees which are invalid', async () => {
    const page = await admin({}, '/admin/rules')
    await page.locator('#login_help_text').fill('Ask Jo <b>first</b>.')
    await page.locator('#session_expiry').fill('0.5')
    await page.locator('#disable_password_reset').check()
    await page.locator('#language').selectOption('en')
    await page.locator('#require_2fa_user_type').selectOption('site_admins')
    await page.locator('#require_2fa_stop_time').fill('2099-01-31T12:00')
    await page.locator('#allowed_2fa_method_sms').uncheck()
    await press(page, 'Save settings')
    expect(await page.getByRole('status').textContent()).toMatch(/Settings saved/)
    await page.goto(page.url())
    expect(await page.locator('#session_expiry').inputValue()).toBe('0.5')
    expect(await page.locator('#language').inputValue()).toBe('en')
    expect(await page.locator('#require_2fa_user_type').inputValue()).toBe('site_admins')
    expect(await page.locator('#require_2fa_stop_time').inputValue()).toBe('2099-01-31T12:00')
    expect(await page.locator('#allowed_2fa_method_sms').isChecked()).toBe(false)
    expect(await page.locator('#allowed_2fa_method_totp').isChecked()).toBe(true)
    expect(await violations(page)).toEqual([])
    const anyone = await (await journey.browser.newContext({ locale: 'en-US' })).newPage()
    await anyone.goto(journey.at('/login'))
    expect(await anyone.locator('main').textContent()).toContain('Ask Jo <b>first</b>.')
    await page.locator('#allowed_ips').fill('198.51.100.1')
    await press(page, 'Save settings')
    expect(await page.getByRole('alert').textContent()).toMatch(/lock yourself out/)
    expect(await page.locator('#allowed_ips').getAttribute('aria-invalid')).toBe('true')
    expect(await page.locator('#allowed_ips').inputValue()).toBe('198.51.100.1')
    await page.locator('#allowed_ips').fill('')
    await page.locator('#user_lockout_tries').fill('0')
    await press(page, 'Save settings')
    expect(await page.getByRole('alert').textContent()).toMatch(/Failed attempts/)
    await page.locator('#user_lockout_tries').fill('10')
    await page.locator('#disable_password_reset').uncheck()
    await press(page, 'Save settings')
    expect(await page.locator('#disable_password_reset').isChecked()).toBe(false)
    await page.goto(journey.at('/admin/changes'))
    const changes = (await page.locator('ul.rows li').allTextContents()).join('\n')
    expect(changes).toContain('Default language: nothing → English')
    expect(changes).toContain('Required for: Everyone → Admins only')
    expect(changes).toContain('Disable self-service password reset: yes → no')
  })
})
