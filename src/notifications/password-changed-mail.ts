import type { Language } from '../http/languages.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
import { spelledDate } from './spelled-date.ts'

/**
 * Tells a user that their password was changed. If an admin set it, adds a link to choose their own. `at` in
 * milliseconds since the Unix epoch.
 */
export function passwordChangedMail(
  language: Language,
  changed: {
    account: Account
    at: number
    /** The names of the API keys that remain active. */
    keys: string[]
    /** The link to choose a password that no admin knows; null if it is not needed or not possible. */
    choosesOwnAt: string | null
    globalOrigin: URL
  },
): ComposedMail {
  const { account, keys, choosesOwnAt, globalOrigin } = changed
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
        fill(choosesOwnAt === null ? t.changed : t.passwordSet, {
          username: user.username,
          siteName: site.name,
          at,
        }),
        ...(keys.length === 0 ? [] : [fill(t.keysStay, { names: keys.join(', ') })]),
        ...(choosesOwnAt === null
          ? [
              t.changedEnd,
              { label: t.changedLink, url: `${siteOrigin(site, globalOrigin)}/forgot` },
            ]
          : [t.choosesOwn, { label: t.welcomeLink, url: choosesOwnAt }]),
      ],
    },
  )
}
