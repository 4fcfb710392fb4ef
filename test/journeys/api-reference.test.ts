import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examples, refusalExample, shellVariables } from '../../src/ui/api-reference/examples.ts'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'

const run = promisify(execFile)

let latchkey: Latchkey
let page: string
/** The commands of the page as its reader sees them. */
let commands: string[]

beforeAll(async () => {
  latchkey = await startLatchkey()
  page = await (await fetch(`${latchkey.origin}/docs`)).text()
  const blocks = page.matchAll(/<code class="command">(.*?)<\/code>/gs)
  commands = [...blocks].map(([, html = '']) => textOf(html))
})
afterAll(() => latchkey.stop())

describe('The API reference at /docs', () => {
  it('shows every example, for the origin that it is served at', () => {
    const written = [refusalExample, ...examples].map(({ command }) =>
      command.replaceAll('ORIGIN', latchkey.origin),
    )
    expect(commands.toSorted()).toEqual(written.toSorted())
    expect(page).not.toContain('ORIGIN')
  })

  it('has no example that does not print what it says, run as it stands there', async () => {
    const variables: Record<string, string> = {
      USERNAME: 'siteadmin',
      PASSWORD: 'siteadminpassword',
      OPERATOR_TOKEN: latchkey.keys.OPERATOR_TOKEN ?? '',
    }
    expect(Object.keys(variables)).toEqual(shellVariables)
    for (const { command, reply, keep = {} } of [refusalExample, ...examples]) {
      const shown = command.replaceAll('ORIGIN', latchkey.origin)
      expect(commands).toContain(shown)
      const { stdout } = await run('sh', ['-c', shown], { env: { ...process.env, ...variables } })
      const printed = JSON.parse(stdout)
      if (reply !== undefined) expect(shapeOf(printed), shown).toEqual(shapeOf(reply))
      else expect(printed, shown).not.toHaveProperty('http-code')
      for (const [variable, member] of Object.entries(keep)) variables[variable] = printed[member]
    }
  })

  it('links to nothing that is not there', async () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const links = [...page.matchAll(/(?:href|labelledby)="([^"]+)"/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(50)
    for (const link of links)
      if (link.startsWith('/')) expect((await fetch(latchkey.origin + link)).status).toBe(200)
      else expect(ids, link).toContain(link.replace('#', ''))
    expect(ids.size).toBe([...page.matchAll(/ id="/g)].length)
  })

  it('takes nothing from another host and runs no script', async () => {
    const { headers } = await fetch(`${latchkey.origin}/docs`)
    expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    const policy = headers.get('Content-Security-Policy')
    expect(policy).toContain("default-src 'none'; style-src 'self'")
    expect(page).not.toMatch(/<script|<style|\bstyle=|\bon\w+=/)
    for (const [, url = ''] of page.matchAll(/(?:src|href)="([^"#][^"]*)"/g))
      expect(url).toMatch(/^\/(?!\/)/)
  })
})

/** An example stands for the replies that have its members, of its types. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]))
}

function textOf(html: string): string {
  const characters: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
  return html.replaceAll(/&(\w+|#\d+);/g, (entity, name: string) => characters[name] ?? entity)
}
