import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface Operation {
  parameters?: { name: string }[]
  requestBody?: { content: Record<string, { schema: { properties: object } }> }
}

const described = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>
}

/** The parameters that the SDK's model documents. */
function documented(model: string): string[] {
  const source = readFileSync(`node_modules/files.com/lib/models/${model}.js`, 'utf8')
  const named = source.matchAll(/^\s*\/\/ {3}(\w+) - [\w[\]()]+ ?-/gm)
  return [...new Set([...named].map(([, name = '']) => name))]
}

/** The parameters that the routes at these paths accept, or refuse by name. */
function known(paths: string[]): string[] {
  return paths
    .flatMap((path) => Object.values(described.paths[`/api/rest/v1${path}`] ?? {}))
    .flatMap(({ parameters = [], requestBody }) => [
      ...parameters.map(({ name }) => name),
      ...Object.keys(requestBody?.content['application/json']?.schema.properties ?? {}),
    ])
}

describe('Every field that the npm SDK can send', () => {
  it.each([
    ['Site', ['/site']],
    ['User', ['/users', '/users/{id}']],
  ])('is accepted, or refused by name, and never ignored: %s', (model, paths) => {
    const names = documented(model)
    expect(names.length).toBeGreaterThan(50)
    expect(names.filter((name) => !known(paths).includes(name))).toEqual([])
  })
})
