import type { Language } from '../http/languages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
import { mailText } from './mail-texts.ts'
import { spelledDate } from './spelled-date.ts'

/** Tells a user that log ins are refused after failures. Times in milliseconds since the Unix epoch. */
export function lockedMail(
  language: Language,
  locked: {
    account: Account
    until: number
    /** Where the last failure came from; null where that is not known. */
    address: string | null
    globalOrigin: URL
  },
): ComposedMail {
  const { account, address, globalOrigin } = locked
  const { user, site } = account
  const until = spelledDate(language, locked.until, user.timeZone)
  const values = { username: user.username, siteName: site.name, until }
  return composeMail(
    language,
    { account, globalOrigin },
    {
      subject: 'lockedSubject',
      kind: 'notice',
      lines: [
        mailText(language, 'locked', values),
        ...(address === null ? [] : [mailText(language, 'lockedFrom', { address })]),
        mailText(language, 'lockedEnd'),
        {
          label: mailText(language, 'changedLink'),
          url: `${siteOrigin(site, globalOrigin)}/forgot`,
        },
      ],
    },
  )
}
