import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** The modules that decide whether a credential is valid. */
const VERIFIERS = [
  'src/access/*.ts',
  'src/crypto/*.ts',
  'src/login/methods/*.ts',
  'src/login/policy.ts',
  'src/passwords/imported/{methods,read-imported-hash,recipe,spellings}.ts',
  'src/passwords/password-hasher.ts',
  'src/passwords/phc-string.ts',
  'src/passwords/reset/reset-password.ts',
  'src/sessions/session-{lifetime,token}.ts',
  'src/sso/{arrive,begin,log-in-by-sso,log-out-by-provider,proof,proved-at,sso-state}.ts',
  'src/sso/person-of-*.ts',
  'src/sso/{group-rules,issuer-cache,second-factor-claims}.ts',
  'src/two-factor/*.ts',
]

/** Patterns that substitute a default for a missing value. */
const DEFAULT =
  /(\?\?|\|\|) *(''|""|`{2}|'\[\]'|\[\]|\{\}|-?\d|false|true)|[{[,(] *(\w+: *)?\w+ = (''|""|\[\]|\{\}|-?\d|false|true)/

/** The existing defaults, none of which takes part in verification, with their reasons. */
const HARMLESS = [
  // Unmatched groups of a pattern are undefined.
  /\.(exec|match)\(.*\) \?\? \[\]/,
  // A missing header is read as empty, which is no credential.
  /headers\.get\('(Authorization|X-Files-Reauthentication)'\) \?\? ''/,
  /const \[, (scheme|kind), value = ''\]/,
  /const \[username = '', \.\.\.password\]/,
  // A missing time of authentication counts as never, and so as not recent.
  /if \(!state\.again\) return told \?\? 0/,
  // Without it, a provider need not reauthenticate. An attempt without a username has the empty one.
  /again = false, testFor/,
  /\{ request, at, username = '' \}/,
  // The part before the first `*` of a pattern, which every text has.
  /const \[first = '', \.\.\.rest\] = pattern\.split/,
  // A digit is a code point, and an index within an array's length has a byte.
  /codePointAt\(0\) \?\? 0/,
  /key\[at\] \?\? 0/,
  // Counts: of recovery codes, shown to people, and of text messages, which may be 0.
  /codesLeft: found\[0\]\?\.codesLeft \?\? 0/,
  /aDayFromSite: ctx\.textRules\?\.aDayFromSite \?\? 0/,
]

describe('A module that verifies a credential', () => {
  it('has no default for a missing value', () => {
    const files = globSync(VERIFIERS)
    expect(files.length).toBeGreaterThan(40)
    const found = files.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => DEFAULT.test(line) && !HARMLESS.some((harmless) => harmless.test(line)))
        .map((line) => `${file}: ${line.trim()}`),
    )
    expect(found).toEqual([])
  })

  it.each([
    "const challenge = { issued: partial?.challenge ?? '' }",
    'const counter = row.counter ?? 0',
    'const { mustVerifyUser = false } = asked',
    'function isPast(now: number, at = 0)',
    "const [, salt = '', hash = ''] = match",
    "transports: JSON.parse(transports ?? '[]')",
    'const keys = sent.keys || []',
  ])('would fail this test with: %s', (line) => {
    expect(DEFAULT.test(line)).toBe(true)
  })
})
