import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from './support/browser.ts'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import { clickInPlace, follow } from './support/navigation.ts'
import { plainRequest } from './support/plain-http.ts'

/** The viewer renders only what is visible. */
const EVERYTHING = { width: 1_280, height: 30_000 }

let latchkey: Latchkey
let browser: Browser
let page: Page
/** The browser's console errors and every URL it requests. */
const complaints: string[] = []
const asked: string[] = []

beforeAll(async () => {
  browser = await openBrowser()
  latchkey = await startLatchkey()
  page = await browser.newPage({ viewport: EVERYTHING })
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`${latchkey.origin}/docs`)
  await page.locator('.opblock').first().waitFor()
})
afterAll(async () => {
  await browser.close()
  await latchkey.stop()
})

interface Operation {
  summary: string
  tags: string[]
}

async function describedOperations(): Promise<[method: string, path: string, Operation][]> {
  const reply = await fetch(`${latchkey.origin}/openapi.json`)
  const { paths } = (await reply.json()) as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): [string, string, Operation] => [
      method.toUpperCase(),
      path,
      operation,
    ]),
  )
}

/** The first operation at a path, with its description. */
async function opened(path: string): Promise<Locator> {
  const operation = page.locator(`.opblock:has([data-path="${path}"])`).first()
  const body = operation.locator('.opblock-body')
  if (!(await body.isVisible())) await clickInPlace(operation.locator('.opblock-summary'))
  await body.waitFor()
  return operation
}

describe('The API reference at /docs', () => {
  it('shows every operation of /openapi.json, with its summary', async () => {
    const shown = await page.locator('.opblock-summary').allInnerTexts()
    const lines = shown.map((text) => text.replaceAll(/[\s\u200b]+/g, ' ').trim())
    const described = await describedOperations()
    expect(described.length).toBeGreaterThan(100)
    expect(lines.toSorted()).toEqual(
      described.map(([method, path, { summary }]) => `${method} ${path} ${summary}`).toSorted(),
    )
    const parts = await page
      .locator('.opblock-tag')
      .evaluateAll((all) => all.map((each) => each.getAttribute('data-tag')))
    expect(parts.toSorted()).toEqual(
      [...new Set(described.flatMap(([, , { tags }]) => tags))].toSorted(),
    )
  })

  it('runs under its content security policy without violations, and requests no other host', async () => {
    for (const path of ['/api/rest/v1/sessions', '/health']) await opened(path)
    await page.getByText('Responses', { exact: true }).first().waitFor()
    for (const schema of await page.getByRole('button', { name: 'Schema' }).all())
      await clickInPlace(schema)
    expect(complaints).toEqual([])
    expect(asked.filter((url) => !url.startsWith('data:'))).toContain(
      `${latchkey.origin}/openapi.json`,
    )
    for (const url of asked) expect(url).toMatch(new RegExp(`^(data:|${latchkey.origin}/)`))
  })

  it('accepts no credential and sends nothing', async () => {
    const operation = await opened('/api/rest/v1/sessions/others')
    expect(await operation.innerText()).toContain('Credential: session string or session token')
    expect(await page.getByText(/Try it out|Execute|Authorize/).count()).toBe(0)
    expect(await page.locator('input:not([type=checkbox]), textarea').count()).toBe(0)
  })

  it('links to /openapi.json when scripts are off', async () => {
    const plain = await browser.newPage({ javaScriptEnabled: false })
    await plain.goto(`${latchkey.origin}/docs`)
    await follow(plain, '/openapi.json')
    expect(plain.url()).toBe(`${latchkey.origin}/openapi.json`)
    await plain.close()
  })

  it('allows no inline or foreign script, and no eval', async () => {
    const { status, headers, body } = await plainRequest('GET', `${latchkey.origin}/docs`)
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    for (const [, url = ''] of body.matchAll(/(?:src|href)="([^"]*)"/g))
      expect(url).toMatch(/^\/(assets\/[\w-]+\.[0-9a-f]{16}\.(css|js|svg)|openapi\.json)$/)
  })
})
