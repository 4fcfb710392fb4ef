import type { Language } from '../platform/languages.ts'
import { composeMail } from './compose-mail.ts'
import { mailText } from './mail-texts.ts'
import type { Mail } from './mailer.ts'
import { spelledDate } from './spelled-date.ts'

/** Tells a user that log ins are refused after failures. Times in milliseconds since the Unix epoch. */
export function lockedMail(
  language: Language,
  locked: {
    to: string
    username: string
    siteName: string
    until: number
    timeZone: string | null
    /** Where the last failure came from; null where that is not known. */
    address: string | null
    forgotUrl: string
  },
): Mail {
  const { to, username, siteName, address, forgotUrl } = locked
  const until = spelledDate(language, locked.until, locked.timeZone)
  return composeMail(language, {
    to,
    subject: mailText(language, 'lockedSubject'),
    lines: [
      mailText(language, 'locked', { username, siteName, until }),
      ...(address === null ? [] : [mailText(language, 'lockedFrom', { address })]),
      mailText(language, 'lockedEnd'),
      { label: mailText(language, 'changedLink'), url: forgotUrl },
    ],
  })
}
