import type { Language } from '../http/languages.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
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
  const t = messagesFor(language).emails
  return composeMail(
    language,
    { account, globalOrigin },
    {
      subject: 'changedSubject',
      kind: 'notice',
      lines: [
        fill(t.changed, { username: user.username, siteName: site.name, at }),
        ...(keys.length === 0 ? [] : [fill(t.keysStay, { names: keys.join(', ') })]),
        t.changedEnd,
        {
          label: t.changedLink,
          url: `${siteOrigin(site, globalOrigin)}/forgot`,
        },
      ],
    },
  )
}
