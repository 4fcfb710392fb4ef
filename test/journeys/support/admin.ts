import type { Browser, Page } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { type Latchkey, startLatchkey } from './latchkey.ts'
import './localhost-names.ts'
import { type OwnSite, ownSite } from './own-site.ts'
import { logInto, sessionOf } from './stored-session.ts'

export type Look = Parameters<Browser['newContext']>[0]

export const DESK: Look = { viewport: { width: 1280, height: 900 } }
export const PHONE: Look = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  colorScheme: 'dark',
}

/** Placeholders in tests for the names of the site's users. */
export type Role = 'sessionuser' | 'siteadmin'

/** A site in a browser, a different one for each test. */
export class AdminJourney {
  readonly latchkey: Latchkey
  readonly browser: Browser
  #site: OwnSite | undefined

  private constructor(latchkey: Latchkey, browser: Browser) {
    this.latchkey = latchkey
    this.browser = browser
  }

  static async open(): Promise<AdminJourney> {
    const [latchkey, browser] = await Promise.all([startLatchkey(), openBrowser()])
    return new AdminJourney(latchkey, browser)
  }

  async close(): Promise<void> {
    await this.browser.close()
    await this.latchkey.stop()
  }

  /** Opens a new site with its own admin and user. */
  async begin(): Promise<void> {
    this.#site = await ownSite(this.latchkey)
  }

  /** Closes everything that a test left open. */
  async end(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()))
  }

  get site(): OwnSite {
    if (!this.#site) throw new Error('No test has begun.')
    return this.#site
  }

  /** The real name behind a placeholder, else the name itself. */
  nameOf(who: Role | (string & {})): string {
    if (who === 'sessionuser') return this.site.user.username
    return who === 'siteadmin' ? this.site.admin.username : who
  }

  at(path: string): string {
    return `${this.site.origin}${path}`
  }

  /** Opens a browser that already has the session. account-pages.test.ts logs in with the form. */
  async logIn(
    who: Role,
    password = `${who}password`,
    look: Look = {},
    path = '/admin/users',
  ): Promise<Page> {
    const context = await this.browser.newContext({ locale: 'en-US', bypassCSP: true, ...look })
    await logInto(context, this.site.origin, { username: this.nameOf(who), password })
    const page = await context.newPage()
    await page.goto(this.at(path))
    return page
  }

  /** Sends the login form; returns the session's cookie if a session started. */
  attempt(who: Role | (string & {}), password: string): Promise<string | undefined> {
    return sessionOf(this.site.origin, { username: this.nameOf(who), password })
  }

  async idOf(who: Role | (string & {})): Promise<number> {
    const database = await this.latchkey.database('DB_US_EAST_1')
    const { results } = await database
      .prepare(`SELECT id FROM users WHERE username = '${this.nameOf(who)}'`)
      .all()
    return Number(results[0]?.id)
  }

  /** Changes the database directly. */
  async run(sql: string): Promise<void> {
    await (await this.latchkey.database('DB_US_EAST_1')).prepare(sql).run()
  }
}
