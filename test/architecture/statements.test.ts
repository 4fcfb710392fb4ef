import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.tsx?$/.test(path),
)

/** Patterns that a reader cannot verify or a library release can break, and the files that have a reason for them. */
const rules: [name: string, pattern: RegExp, reasons: Record<string, string>][] = [
  ['inserts values by position', /\.select\(\s*\(?sql`|INSERT INTO \S+\s+(?:SELECT|VALUES)/, {}],
  [
    'reads the results of a batch by position',
    /\.batch\(/,
    {
      'storage/batch.ts': 'names the results',
      'storage/guarded-storage.ts': 'passes the batch on',
      'cli/local-state.ts': 'reads no results',
    },
  ],
  [
    'uses a private API of Drizzle',
    /\b_prepare\b|\bdialect\.|\bdecoder\.mapFrom|\.session\.prepare/,
    {},
  ],
  [
    'asks what only the policy decides',
    /\busers?\.(?:disabled|authenticateUntil|restapiPermission|allowedIps)\b|isAllowedAddress\(/,
    {
      'http/ip-address.ts': 'reads the lists',
      'login/policy.ts': 'is the policy',
      'users/account.ts': 'shows the settings',
      'users/list-fields.ts': 'filters lists',
      'users/operator.ts': 'records the change',
      'users/user-ledger.ts': 'filters lists and disables users',
      'users/user-view.ts': 'shows the settings',
      'users/users-page.tsx': 'shows the badges',
    },
  ],
  [
    'casts from a type to any other',
    /\bas unknown as\b|\bas never\b|\bas any\b|<any>|[\w)]: any\b(?! [?:\w])/,
    {
      'passwords/argon2id.ts': 'exports of WebAssembly have no types',
      'passwords/imported/pbkdf2.ts': 'exports of WebAssembly have no types',
    },
  ],
]

describe('No file', () => {
  it.each(rules)('%s without a reason', (_, pattern, reasons) => {
    const found = files.filter((file) => pattern.test(readFileSync(join('src', file), 'utf8')))
    expect(found.toSorted()).toEqual(Object.keys(reasons).toSorted())
  })
})
