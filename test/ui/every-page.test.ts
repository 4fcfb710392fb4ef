import { beforeEach, describe, expect, it } from 'vitest'
import { everyPage, formsNotOn, formsOn, NAMES } from '../support/every-page.ts'

let pages: Map<string, string>
// Built once: storage is emptied before each test, but the pages are kept.
beforeEach(async () => {
  pages ??= await everyPage()
})

/** The attributes of a form's fields that people or their password manager see. */
function fieldsIn(form: string) {
  return [...form.matchAll(/<input ([^>]*)>/g)]
    .map(([, attributes = '']) => {
      const at = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? null
      const [type, autocomplete] = [at('type') ?? 'text', at('autocomplete') ?? '']
      const isHidden = / hidden\b/.test(` ${attributes}`)
      return { id: at('id'), name: at('name'), value: at('value'), type, autocomplete, isHidden }
    })
    .filter(({ type }) => ['text', 'password'].includes(type))
}

describe('Every form', () => {
  it('is on one of the tested pages', () => {
    expect(formsNotOn(pages.values())).toEqual([])
  })

  it('with a password names the account in the field before it, for password managers', () => {
    const isPassword = ({ autocomplete }: { autocomplete: string }) =>
      ['current-password', 'new-password'].includes(autocomplete)
    let checked = 0
    for (const [title, page] of pages)
      for (const form of formsOn(page)) {
        const fields = fieldsIn(form)
        const first = fields.findIndex(isPassword)
        // The secret of an identity provider is no user's password.
        const secrets = fields.filter((one) => one.type === 'password' && !isPassword(one))
        expect(secrets.filter(({ name }) => name !== 'client_secret')).toEqual([])
        if (first === -1) continue
        checked++
        const named = fields.filter(({ autocomplete }) => /^username\b/.test(autocomplete))
        expect(named, `${title}: ${form}`).toEqual([fields[first - 1]])
        expect(named, title).toMatchObject([{ type: 'text', name: 'username', isHidden: false }])
        const isTyped = named[0]?.id === 'username'
        expect(isTyped || named[0]?.value, title).toBeTruthy()
      }
    expect(checked).toBeGreaterThan(8)
  })

  it('does not mark other fields as a username', () => {
    const fields = [...pages.values()].flatMap((page) => formsOn(page).flatMap(fieldsIn))
    for (const { id, name, autocomplete } of fields) {
      expect([id, name, autocomplete]).not.toEqual([null, null, ''])
      expect(id).not.toBe('name')
      if (!/^username/.test(name ?? '')) expect(autocomplete).not.toMatch(/username/)
    }
  })

  it('marks the field for a one-time code', () => {
    const fields = [...pages.values()].flatMap((page) => formsOn(page).flatMap(fieldsIn))
    const codes = fields.filter(
      ({ name, type, id }) =>
        ['otp', 'proof'].includes(name ?? '') && type === 'text' && id !== 'yubikey',
    )
    expect(codes.length).toBeGreaterThan(3)
    for (const { autocomplete } of codes) expect(autocomplete).toBe('one-time-code')
  })
})

describe('Every page', () => {
  it('isolates each right-to-left name', () => {
    for (const [title, page] of pages) {
      const rest = page
        .replaceAll(/<bdi translate="no">[^<]*<\/bdi>/g, '')
        .replaceAll(/\u2068[^\u2068\u2069]*\u2069/g, '')
        .replaceAll(/<p dir="auto">[^<]*<\/p>/g, '')
        // Elements with their own box or line, and elements that nobody reads.
        .replaceAll(/<text [^>]*>[^<]*<\/text>/g, '')
        .replaceAll(/ (?:value|data-options)="[^"]*"/g, '')
        .replaceAll(/<textarea [^>]*>[^<]*<\/textarea>/g, '')
      const [found] = /[^\n]{0,80}[\u0590-\u05ff][^\n]{0,40}/.exec(rest) ?? []
      expect(found, title).toBeUndefined()
    }
  })

  it('shows each of these names', () => {
    const all = [...pages.values()].join('')
    for (const name of Object.values(NAMES)) expect(all).toContain(name)
  })

  it('marks names and codes as not to be translated', () => {
    for (const [title, page] of pages) {
      for (const [tag] of page.matchAll(/<(?:bdi|code|ul class="codes")\b[^>]*>/g))
        if (tag !== '<bdi>') expect(tag, title).toContain('translate="no"')
    }
    expect(pages.get('the recovery codes')).toContain('<ul class="codes" translate="no">')
  })
})
