import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** Where it is decided whether somebody proved something. */
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

/** What would stand in for a value that was not there. */
const DEFAULT =
  /(\?\?|\|\|) *(''|""|`{2}|'\[\]'|\[\]|\{\}|-?\d|false|true)|[{[,(] *(\w+: *)?\w+ = (''|""|\[\]|\{\}|-?\d|false|true)/

/** Of those that are there, none is verified by: what each is for. */
const HARMLESS = [
  // What a pattern did not find is undefined, part by part.
  /\.(exec|match)\(.*\) \?\? \[\]/,
  // A header that was not sent is read as an empty one, which is no credential.
  /headers\.get\('(Authorization|X-Files-Reauthentication)'\) \?\? ''/,
  /const \[, (scheme|kind), value = ''\]/,
  /const \[username = '', \.\.\.password\]/,
  // Not told when: never, and so not recently.
  /if \(!state\.again\) return told \?\? 0/,
  // Not asked to: a provider need not ask anew who somebody is. The name of an attempt that named nobody.
  /again = false, testFor/,
  /\{ request, at, username = '' \}/,
  // What is before the first `*` of a pattern, which every text has.
  /const \[first = '', \.\.\.rest\] = pattern\.split/,
  // A digit is a code point; a byte within an array's length is there.
  /codePointAt\(0\) \?\? 0/,
  /key\[at\] \?\? 0/,
  // Counts: of recovery codes, for people; of texts, of which none may be sent.
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
