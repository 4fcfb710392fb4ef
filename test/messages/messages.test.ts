import { describe, expect, it } from 'vitest'
import { type Language, languageNames } from '../../src/http/languages.ts'
import { type ProblemType, statusOf } from '../../src/http/problem.ts'
import { fill, messagesFor } from '../../src/messages/messages.ts'
import { adminMessagesFor } from '../../src/ui/admin/messages.ts'

/** Every text of a language, by its path. */
function flat(texts: object, path = ''): [path: string, text: string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : flat(value, `${path}${key}.`),
  )
}

const placesOf = (text = '') => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted()

/** Words that a language shares with English. */
const SAME: Record<string, string[]> = {
  de: ['Admin', 'Code', 'Computer', 'Logo', 'Name', 'Site', 'Subdomain', 'System', 'Yubikey'],
  es: ['Yubikey', 'no'],
  fr: [
    'Actions',
    'Administration',
    'Code',
    'Contact',
    'Description',
    'Logo',
    'Session',
    'Sessions',
    'Site',
    'Yubikey',
  ],
}

const textsOf = (language: Language) =>
  new Map(flat({ ...messagesFor(language), admin: adminMessagesFor(language) }))
const english = textsOf('en')
const others = Object.keys(languageNames).filter((language) => language !== 'en') as Language[]

describe('The English messages', () => {
  it('name each problem by a group that decides its status', () => {
    const types = Object.keys(messagesFor('en').problems) as ProblemType[]
    for (const type of types) expect(statusOf(type), type).toBeGreaterThanOrEqual(400)
    expect(statusOf('not-found/not-found')).toBe(404)
    expect(statusOf('bad-request/method-not-allowed')).toBe(405)
  })

  it('are never empty', () => {
    for (const [path, text] of english) expect(text.trim(), path).toBe(text)
    expect([...english.values()]).not.toContain('')
  })
})

describe.each(others)('The messages in %s', (language) => {
  const own = textsOf(language)

  it('have the keys of the English ones, in the same order', () => {
    expect([...own.keys()]).toEqual([...english.keys()])
  })

  it('have the same placeholders', () => {
    for (const [path, text] of english)
      expect(placesOf(own.get(path)), path).toEqual(placesOf(text))
  })

  it('are never empty', () => {
    for (const [path, text] of own) expect(text.trim(), path).toBe(text)
    expect([...own.values()]).not.toContain('')
  })

  it('are translated, except words that both languages share', () => {
    const copies = [...own].filter(([path, text]) => text === english.get(path))
    expect([...new Set(copies.map(([, text]) => text))].toSorted()).toEqual(SAME[language])
  })
})

describe('fill()', () => {
  it('puts each value into its placeholder, and reads no value as a pattern', () => {
    expect(fill('{a}, {b} and {a}', { a: '$&', b: '{a}' })).toBe('$&, {a} and $&')
  })

  it('leaves a placeholder without a value, so that a test sees it', () => {
    expect(fill('{a} {b}', { b: 'B' })).toBe('{a} B')
  })

  it('isolates a right-to-left value from the rest of the sentence', () => {
    expect(fill('of {name}', { name: 'אבג\u202e' })).toBe('of \u2068אבג\u2069')
  })
})
