import { describe, expect, it } from 'vitest'
import { brokenRules, type PasswordOwner } from '../../src/passwords/password-rules.ts'

const site = {
  name: 'Acme Files',
  subdomain: 'acme',
  domain: null,
  passwordMinLength: 15,
  passwordRequireLetter: false,
  passwordRequireMixed: false,
  passwordRequireNumber: false,
  passwordRequireSpecial: false,
}

function broken(password: string, rules: Partial<PasswordOwner['site']> = {}, owner = {}) {
  const person = { username: 'jane.doe', email: 'jane@example.com', ...owner }
  const ofSite = { ...site, ...rules } as PasswordOwner['site']
  return brokenRules(password, { site: ofSite, ...person }).map((fault) =>
    typeof fault === 'string' ? fault : fault.error,
  )
}

describe('A new password', () => {
  it.each([
    'a quiet lamp by the window',
    'xk7 wholly made up',
    '日本語のとても長い合言葉を使います',
    ' spaces at both ends count ',
    '1'.repeat(7).concat('another thing'),
  ])('may be %j', (password) => {
    expect(broken(password)).toEqual([])
  })

  it('is counted in code points of the normalized form, not in bytes or UTF-16 units', () => {
    expect(broken('fourteen chars')).toEqual(['password-too-short'])
    expect(broken('fourteen charse\u0301')).toEqual([])
    expect(broken('thirteen char🔑')).toEqual(['password-too-short'])
  })

  it('needs at least 8 characters, or the site’s minimum if that is higher', () => {
    expect(broken('7 chars', { passwordMinLength: 1 })).toEqual(['password-too-short'])
    expect(broken('8 chars!', { passwordMinLength: 1 })).toEqual([])
    expect(broken('a quiet lamp', { passwordMinLength: 30 })).toEqual(['password-too-short'])
  })

  it.each([
    ['passwordRequireLetter', '1234 5678 9012 34', 'password-lacks-letter', '1234 5678 9012 ñ'],
    ['passwordRequireMixed', 'a quiet lamp here', 'password-lacks-mixed', 'a quiet Lamp here'],
    ['passwordRequireMixed', 'A QUIET LAMP HERE', 'password-lacks-mixed', 'Ä quiet lamp here'],
    ['passwordRequireNumber', 'a quiet lamp here', 'password-lacks-number', 'a quiet lamp 3 ere'],
    ['passwordRequireSpecial', 'aquietlamphere12', 'password-lacks-special', 'a quiet lamp here'],
  ])('follows %s when the site sets it', (rule, without, error, having) => {
    expect(broken(without, { [rule]: true })).toEqual([error])
    expect(broken(having, { [rule]: true })).toEqual([])
    expect(broken(without)).toEqual([])
  })

  it.each([
    'password123',
    'PASSWORD',
    'Qwertyuiop',
    '123456789987654321',
    'abcabcabcabcabc',
    'passwordpassword',
    '               ',
  ])('may not be %j, which is a common password', (password) => {
    expect(broken(password, { passwordMinLength: 8 })).toEqual(['password-is-common'])
  })

  it.each([
    'jane.doe-jane.doe',
    'Jane@Example.Com1',
    'acme files 2026!',
    'JANE.DOEpassword',
    'acmeacmeacme123',
  ])('may not be %j, which is little but context words', (password) => {
    expect(broken(password)).toEqual(['password-holds-name'])
  })

  it('may contain a context word among enough other text, or one that is too short to matter', () => {
    expect(broken('jane.doe likes quiet lamps')).toEqual([])
    expect(broken('jo and a quiet lamp', {}, { username: 'jo', email: null })).toEqual([])
  })

  it('is refused with all broken rules at once', () => {
    const strict = {
      passwordRequireLetter: true,
      passwordRequireMixed: true,
      passwordRequireSpecial: true,
    }
    expect(broken('12345678', strict)).toEqual([
      'password-too-short',
      'password-lacks-letter',
      'password-lacks-mixed',
      'password-lacks-special',
      'password-is-common',
    ])
  })
})
