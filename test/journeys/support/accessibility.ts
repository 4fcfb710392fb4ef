import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The accessibility violations of a page, by rule and place. Its context must bypass the CSP. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate(async (values) => {
    // biome-ignore lint/suspicious/noExplicitAny: axe is in the page only
    const { axe } = globalThis as any
    const outcome = await axe.run(document, { runOnly: { type: 'tag', values } })
    return outcome.violations.flatMap(({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
      nodes.map(({ html }) => `${id}: ${html}`),
    )
  }, RULES)
  const [needed, given] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ])
  return (needed ?? 0) <= (given ?? 0) ? found : [...found, `wider than the screen: ${needed}`]
}
