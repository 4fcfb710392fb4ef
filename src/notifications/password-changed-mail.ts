import type { Language } from '../http/languages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
import { mailText } from './mail-texts.ts'
import { spelledDate } from './spelled-date.ts'

/** Tells a user that the password is another now. `at` in milliseconds since the Unix epoch. */
export function passwordChangedMail(
  language: Language,
  changed: {
    account: Account
    at: number
    /** The names of the API keys that stay good. */
    keys: string[]
    globalOrigin: URL
  },
): ComposedMail {
  const { account, keys, globalOrigin } = changed
  const { user, site } = account
  const at = spelledDate(language, changed.at, user.timeZone)
  return composeMail(
    language,
    { account, globalOrigin },
    {
      subject: 'changedSubject',
      kind: 'notice',
      lines: [
        mailText(language, 'changed', { username: user.username, siteName: site.name, at }),
        ...(keys.length === 0 ? [] : [mailText(language, 'keysStay', { names: keys.join(', ') })]),
        mailText(language, 'changedEnd'),
        {
          label: mailText(language, 'changedLink'),
          url: `${siteOrigin(site, globalOrigin)}/forgot`,
        },
      ],
    },
  )
}
