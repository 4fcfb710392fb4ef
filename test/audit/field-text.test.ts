import { describe, expect, it } from 'vitest'
import { apiKeyObject } from '../../src/api-keys/api-key-view.ts'
import { fieldText, hiddenFields } from '../../src/audit/change-rows.tsx'
import { siteObject } from '../../src/sites/site-view.ts'
import { strategyObject } from '../../src/sso/strategy-view.ts'
import { actingSettings } from '../../src/users/user-settings.ts'

/** Fields that no audit log contains: the key itself, and user fields that are not stored. */
const NEVER_RECORDED = ['key', 'lockout_expires']

describe('Every audited field', () => {
  it.each([
    ['of a site', siteObject],
    // What only other services act on is shown by its name in the API.
    ['of a user', { shape: actingSettings }],
    ['of an API key', apiKeyObject],
    ['of a strategy', strategyObject],
  ])('%s has a readable name in every language', (_, { shape }) => {
    const fields = Object.keys(shape).filter(
      (name) => !hiddenFields.includes(name) && !NEVER_RECORDED.includes(name),
    )
    for (const language of ['en', 'de', 'es', 'fr'] as const)
      for (const field of [...fields, 'session_id', 'client_secret', 'keys_made_by_it', 'made_by'])
        expect(fieldText(language, field, shape === siteObject.shape), field).not.toBeNull()
  })
})
