import type { Language } from '../platform/languages.ts'
import { composeMail } from './compose-mail.ts'
import { mailText } from './mail-texts.ts'
import type { Mail } from './mailer.ts'
import { spelledDate } from './spelled-date.ts'

/** Tells a user that the password is another now. `at` in milliseconds since the Unix epoch. */
export function passwordChangedMail(
  language: Language,
  changed: {
    to: string
    username: string
    siteName: string
    at: number
    timeZone: string | null
    /** The names of the API keys that stay good. */
    keys: string[]
    forgotUrl: string
  },
): Mail {
  const { to, username, siteName, forgotUrl } = changed
  const at = spelledDate(language, changed.at, changed.timeZone)
  return composeMail(language, {
    to,
    subject: mailText(language, 'changedSubject'),
    lines: [
      mailText(language, 'changed', { username, siteName, at }),
      ...(changed.keys.length === 0
        ? []
        : [mailText(language, 'keysStay', { names: changed.keys.join(', ') })]),
      mailText(language, 'changedEnd'),
      { label: mailText(language, 'changedLink'), url: forgotUrl },
    ],
  })
}
