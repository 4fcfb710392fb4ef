import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * The files that may name an authority. All others get `granted` from the actor. A use case that names another one
 * is listed here, so that it is reviewed.
 */
const allowed: Record<string, string[]> = {
  granted: ['access/authorize.ts'],
  operator: [
    'audit/credential-event.ts',
    'passwords/operator.ts',
    'two-factor/operator.ts',
    'users/operator.ts',
  ],
  provedByRequest: [
    'sso/statements-with-session.ts',
    'sso/resolve-account.ts',
    'login/start-session.ts',
    'pairing/pair.ts',
    'passwords/reset/reset-password.ts',
    'two-factor/manage-factors.ts',
  ],
  grantsNoAccess: [
    'access/authorize.ts',
    'sites/recheck-domains.ts',
    'sso/log-out-by-provider.ts',
    'sessions/manage-sessions.ts',
  ],
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.tsx?$/.test(path),
)

describe('The authority for a change of who can get in', () => {
  it.each(Object.entries(allowed))(
    'is set to Authority.%s only in the listed files',
    (name, sayers) => {
      const found = files.filter((file) =>
        readFileSync(join('src', file), 'utf8').includes(`Authority.${name}`),
      )
      expect(found.toSorted()).toEqual(sayers.toSorted())
    },
  )

  it('is one of the listed ones', () => {
    const source = readFileSync('src/audit/credential-event.ts', 'utf8')
    const names = [...source.matchAll(/static readonly (\w+)/g)].map(([, name]) => name)
    expect(names.toSorted()).toEqual(Object.keys(allowed).toSorted())
  })
})
