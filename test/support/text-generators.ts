import * as fc from 'fast-check'

/** Part of every generated password, code and key, so that a leaked one is found. */
export const SECRET_MARK = 'Zq7neverShow'

/** Users who can log in at the service under fuzz. */
export const fuzzUser = { username: 'sessionuser', password: `${SECRET_MARK}-right` }

/** Values that parameters of these names have at the service under fuzz. */
export const knownValues: Record<string, string[]> = {
  username: [fuzzUser.username],
  password: [fuzzUser.password],
  subdomain: ['mysite', 'other'],
  site: ['mysite'],
  region: ['us-east-1', 'eu-central-1'],
  domain: ['files.example.com', ''],
  email: ['jane@example.com'],
}

/** Text known to break software: Unicode forms, controls, injections, inherited names. */
const stumblingTexts = [
  '\u00e9',
  'e\u0301',
  '\u212b',
  '\ufb01',
  '\u0130',
  '\u1e9e',
  '\u{1f469}\u200d\u{1f467}',
  '\u202edrow',
  '\ufeff',
  '\uffff',
  '\u2028',
  '\ud800',
  'a\udc00b',
  '\0',
  'a\0b',
  '\u0007',
  '\u007f',
  '\u0085',
  'a\r\nX-Injected: yes',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '../../etc/passwd',
  '%00',
  '%ff',
  '%',
  '{{7*7}}',
  '{name}',
  '$&',
  '<script>alert(1)</script>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an injection, not a template
  '${jndi:ldap://x}',
  '@tok-x',
  '@api-1',
  'jane@example.com',
  '-1',
  '1e400',
  'NaN',
  'null',
  'true',
]

const codeUnits = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  maxLength: 24,
})

const longTexts = fc
  .tuple(
    fc.constantFrom('a', '\u00e9', '\u{1f600}', '\u0301'),
    fc.constantFrom(36, 257, 1025, 4097),
  )
  .map(([unit, times]) => unit.repeat(times))

/** Text of every kind, including lone surrogates and control characters. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 24 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 24 }) },
  { weight: 1, arbitrary: codeUnits },
  { weight: 4, arbitrary: fc.constantFrom(...stumblingTexts) },
  { weight: 1, arbitrary: longTexts },
)

/** Text that every parameter without further limits accepts. */
export const plainTexts: fc.Arbitrary<string> = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 24 })
  .map((text) => text.replaceAll(/\p{Cc}/gu, '.'))

/** A text for the parameter of this name; secrets are marked. */
export function textsFor(name: string, of: fc.Arbitrary<string> = texts): fc.Arbitrary<string> {
  return isSecret(name) ? of.map((text) => SECRET_MARK + text) : of
}

/** Not every name with this word: password_validity_days is a setting, which a page shows as it was typed. */
function isSecret(name: string): boolean {
  return /(^|_)(password(_confirmation|_again|_hash)?|otp|code|secret|proof)$/.test(name)
}
