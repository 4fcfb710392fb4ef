import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { unstable_readConfig } from 'wrangler'

const page = readFileSync('docs/configuration.md', 'utf8')
const documented = [...page.matchAll(/^\| `([A-Z_0-9]+)`/gm)].map(([, name]) => name)

describe('docs/configuration.md', () => {
  it('explains every setting, secret and binding of the Worker, and no others', () => {
    const known = readFileSync('src/env.d.ts', 'utf8').matchAll(/^ {2}([A-Z_]+)\??:/gm)
    const names = [...known].map(([, name]) => name)
    expect(documented.toSorted()).toEqual([...names, 'DB_US_EAST_1'].toSorted())
  })

  it('gives the values that the local service ships with', () => {
    const { vars } = unstable_readConfig({ config: 'wrangler.toml' })
    for (const [name, value] of Object.entries(vars))
      if (typeof value === 'string') expect(page).toContain(`| \`${name}\` | \`${value}\` |`)
  })
})
