import type { Browser, Page } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { type Latchkey, startLatchkey } from './latchkey.ts'
import './localhost-names.ts'

export type Look = Parameters<Browser['newContext']>[0]

export const DESK: Look = { viewport: { width: 1280, height: 900 } }
export const PHONE: Look = {
  viewport: { width: 390, height: 844 },
  ...{ isMobile: true, hasTouch: true, colorScheme: 'dark' },
}

/** The demo site at a browser, whose admin and user log in as people do. */
export class AdminJourney {
  readonly latchkey: Latchkey
  readonly browser: Browser

  private constructor(latchkey: Latchkey, browser: Browser) {
    this.latchkey = latchkey
    this.browser = browser
  }

  static async open(): Promise<AdminJourney> {
    const [latchkey, browser] = await Promise.all([startLatchkey(), openBrowser()])
    // The first request makes the demo data.
    await fetch(`${latchkey.origin}/health`)
    return new AdminJourney(latchkey, browser)
  }

  async close(): Promise<void> {
    await this.browser.close()
    await this.latchkey.stop()
  }

  at(path: string): string {
    return `${this.latchkey.siteOrigin}${path}`
  }

  /** In a browser of its own, which has the session already: account-pages.test.ts logs in by the form. */
  async logIn(
    username: string,
    password = `${username}password`,
    look: Look = {},
    path = '/admin/users',
  ): Promise<Page> {
    const context = await this.browser.newContext({ locale: 'en-US', bypassCSP: true, ...look })
    const value = await this.attempt(username, password)
    if (value === undefined) throw new Error(`${username} is not logged in by ${password}`)
    await context.addCookies([
      {
        name: '__Host-latchkey',
        value,
        domain: 'mysite.localhost',
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'Lax',
      },
    ])
    const page = await context.newPage()
    await page.goto(this.at(path))
    return page
  }

  /** Sends the form of the log in page; answers the session's cookie, if one began. */
  async attempt(username: string, password: string): Promise<string | undefined> {
    const reply = await fetch(this.at('/login'), {
      method: 'POST',
      redirect: 'manual',
      headers: { Origin: this.latchkey.siteOrigin },
      body: new URLSearchParams({ username, password }),
    })
    return /__Host-latchkey=([0-9a-f]{40})/.exec(reply.headers.getSetCookie().join())?.[1]
  }

  async idOf(username: string): Promise<number> {
    const database = await this.latchkey.database('DB_US_EAST_1')
    const { results } = await database
      .prepare(`SELECT id FROM users WHERE username = '${username}'`)
      .all()
    return Number(results[0]?.id)
  }

  async run(sql: string): Promise<void> {
    await (await this.latchkey.database('DB_US_EAST_1')).prepare(sql).run()
  }
}

export async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  await Promise.all([page.waitForEvent('load'), button.click()])
}

export async function follow(page: Page, name: string): Promise<void> {
  const link = page.getByRole('link', { name, exact: true }).first()
  await Promise.all([page.waitForEvent('load'), link.click()])
}

export function pathOf(page: Page): string {
  return new URL(page.url()).pathname
}
