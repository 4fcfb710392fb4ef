import type { Language } from '../http/languages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
import { mailText } from './mail-texts.ts'

/** Greets a new user: with the way to a first password, or to where they log in with the one they were given. */
export function welcomeMail(
  language: Language,
  {
    account,
    setPasswordUrl,
    globalOrigin,
  }: {
    account: Account
    /** Null for a user who needs none. */
    setPasswordUrl: string | null
    globalOrigin: URL
  },
): ComposedMail {
  const { user, site } = account
  const values = { username: user.username, siteName: site.name }
  return composeMail(
    language,
    { account, globalOrigin },
    {
      subject: 'welcomeSubject',
      kind: 'invitation',
      lines: [
        mailText(language, 'welcome', values),
        setPasswordUrl === null
          ? { label: mailText(language, 'welcomeSite'), url: siteOrigin(site, globalOrigin) }
          : { label: mailText(language, 'welcomeLink'), url: setPasswordUrl },
        mailText(language, setPasswordUrl === null ? 'welcomeEnd' : 'welcomeInvitedEnd'),
      ],
    },
  )
}
