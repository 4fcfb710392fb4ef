import type { Language } from '../http/languages.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
import { spelledDate } from './spelled-date.ts'

/** Tells a user about a lockout after failed logins. Times in milliseconds since the Unix epoch. */
export function lockedMail(
  language: Language,
  locked: {
    account: Account
    until: number
    /** The IP address of the last failure; null if unknown. */
    address: string | null
    globalOrigin: URL
  },
): ComposedMail {
  const { account, address, globalOrigin } = locked
  const { user, site } = account
  const until = spelledDate(language, locked.until, user.timeZone)
  const values = { username: user.username, siteName: site.name, until }
  const t = messagesFor(language).emails
  return composeMail(
    language,
    { account, globalOrigin },
    {
      subject: 'lockedSubject',
      kind: 'notice',
      lines: [
        fill(t.locked, values),
        ...(address === null ? [] : [fill(t.lockedFrom, { address })]),
        t.lockedEnd,
        {
          label: t.changedLink,
          url: `${siteOrigin(site, globalOrigin)}/forgot`,
        },
      ],
    },
  )
}
