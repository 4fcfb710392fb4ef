import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const MESSAGES = ['messages/messages.ts', 'ui/admin/messages.ts']
const LANGUAGES = 'http/languages.ts'

/** The code of each source file, without its comments. Operator commands are in English. */
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('cli/'))
  .map((path) => ({ path, code: withoutComments(readFileSync(join('src', path), 'utf8')) }))

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*/g, '$1')
}

/** Words and letters that do not occur in English. */
const FOREIGN =
  /\b(?:Sie|Ihre?[mnrs]?|nicht|wurden?|einen?|usted|una|para|vous|votre|vos|une|cette|avec)\b|[À-ÖØ-öø-ÿ¿¡ß]/u

/** A choice of texts by language: `de:` as a key, or all languages side by side. */
const BY_LANGUAGE = /(?:^|[{,\s])['"]?(?:de|es|fr)['"]?\s*:|\{\s*en\s*,/m

/** Every key of an object that contains a text. */
function keysOf(texts: object): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [key] : keysOf(value),
  )
}

describe('Texts for people', () => {
  it('are in no TypeScript file in languages other than English', () => {
    const found = sources.flatMap(({ path, code }) =>
      path === LANGUAGES
        ? []
        : (code.match(new RegExp(FOREIGN, 'gu')) ?? []).map((is) => [path, is]),
    )
    expect(found).toEqual([])
  })

  it('are chosen by language in one folder', () => {
    const choosing = sources.filter(({ code }) => BY_LANGUAGE.test(code)).map(({ path }) => path)
    expect(choosing.toSorted()).toEqual([LANGUAGES, ...MESSAGES])
    const reading = sources.filter(({ code }) => /\/(?:en|de|es|fr)\.json'/.test(code))
    expect(reading.map(({ path }) => path)).toEqual(MESSAGES)
  })

  it('are all used', () => {
    const words = new Set(sources.flatMap(({ code }) => code.match(/[\w/-]+/g) ?? []))
    const keys = ['en.json', 'admin/en.json'].flatMap((path) =>
      keysOf(JSON.parse(readFileSync(`src/messages/${path}`, 'utf8'))),
    )
    expect(
      keys.filter((key) => !words.has(key) && !words.has(key.replace(/(?:Subject|Title)$/, ''))),
    ).toEqual([])
  })
})
