import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { clickInPlace, openedPage } from './navigation.ts'

const WIDTH = 390
const HEIGHT = 844

/** A person's phone: a small browser with its own cookies, in the person's language. */
export class Phone {
  /** The hosts that its pages called. */
  readonly askedHosts = new Set<string>()
  /** The errors that its pages reported, such as CSP violations. */
  readonly complaints: string[] = []
  readonly #origins: Promise<string | null>[] = []
  readonly #context: BrowserContext

  private constructor(context: BrowserContext) {
    this.#context = context
    context.on('request', (request) => this.askedHosts.add(new URL(request.url()).host))
    context.on('request', (request) => {
      if (request.method() === 'POST') this.#origins.push(request.headerValue('origin'))
    })
    context.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    context.on('weberror', (error) => this.complaints.push(error.error().message))
  }

  static async open(
    browser: Browser,
    locale: string,
    options: BrowserContextOptions = {},
  ): Promise<Phone> {
    const viewport = { width: WIDTH, height: HEIGHT }
    const look = { viewport, isMobile: true, hasTouch: true, locale }
    return new Phone(await browser.newContext({ ...look, ...options }))
  }

  async visit(url: string): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(url)
    return page
  }

  /** Opens the link of the newest mail in the outbox, as shown in a mail program. */
  async followMailedLink(outboxUrl: string): Promise<Page> {
    const outbox = await this.visit(outboxUrl)
    const link = outbox.frameLocator('iframe >> nth=0').getByRole('link')
    return openedPage(this.#context, () => clickInPlace(link))
  }

  /** The headers that its browser sent with forms about their source. */
  async originsOfForms(): Promise<(string | null)[]> {
    return [...new Set(await Promise.all(this.#origins))]
  }

  close(): Promise<void> {
    return this.#context.close()
  }
}

/** Whether the whole page fits the width of the phone. */
export function fitsItsWidth(page: Page): Promise<boolean> {
  return page.evaluate(`document.documentElement.scrollWidth <= ${WIDTH}`)
}
