import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { LIMIT_MS } from './browser.ts'

const POLL_MS = 10

/**
 * Runs an action that opens another page, and returns once that page has loaded. Load events cannot tell: they do not
 * name their page, and that of the page before may be late. So the old document is marked.
 * @param shown a selector that only the awaited page matches, when others come in between
 */
export async function nextPage(
  page: Page,
  act: () => Promise<unknown>,
  shown = page.locator('html'),
): Promise<void> {
  await page.evaluate(() => void Object.assign(document, { isLeft: true }))
  await act()
  await hasLoaded(page, shown)
}

/** Runs an action that opens a new tab, and returns it once it has loaded. */
export async function openedPage(
  context: BrowserContext,
  act: () => Promise<unknown>,
): Promise<Page> {
  const [page] = await Promise.all([context.waitForEvent('page'), act()])
  await hasLoaded(page, page.locator('body > *').first())
  return page
}

async function hasLoaded(page: Page, shown: Locator): Promise<void> {
  const deadline = Date.now() + LIMIT_MS
  // A document may be replaced during the query.
  const isThere = async () => (await shown.count()) > 0 && (await page.evaluate(isNext))
  while (!(await isThere().catch(() => false))) {
    if (page.isClosed()) throw new Error('The page was closed.')
    if (Date.now() > deadline) throw new Error(`No other page has loaded since ${page.url()}.`)
    await wait(POLL_MS)
  }
}

function isNext(): boolean {
  return document.readyState === 'complete' && !('isLeft' in document)
}

/** Clicks something that opens another page, and returns once that page has loaded. */
export function clickThrough(target: Locator): Promise<void> {
  return nextPage(target.page(), () => target.click())
}

/** Double-clicks something that opens another page. */
export function doubleClickThrough(target: Locator): Promise<void> {
  return nextPage(target.page(), () => target.dblclick({ delay: 100 }))
}

/** Clicks something that opens no other page. */
export function clickInPlace(target: Locator): Promise<void> {
  return target.click()
}

/** Presses a button that sends a form. */
export function press(page: Page, name: string): Promise<void> {
  return clickThrough(page.getByRole('button', { name, exact: true }))
}

/** Follows a link. */
export function follow(page: Page, name: string): Promise<void> {
  return clickThrough(page.getByRole('link', { name, exact: true }))
}

/** Sends the focused form, or follows the focused link. */
export function pressEnter(page: Page): Promise<void> {
  return nextPage(page, () => page.keyboard.press('Enter'))
}

/** Fills in and sends the open login page. */
export async function logIn(
  page: Page,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await pressEnter(page)
}

export function pathOf(page: Page): string {
  return new URL(page.url()).pathname
}
