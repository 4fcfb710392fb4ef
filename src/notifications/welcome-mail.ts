import type { Language } from '../http/languages.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'

/** Greets a new user: with the way to a first password, or to where they log in with the one they were given. */
export function welcomeMail(
  language: Language,
  {
    account,
    setPasswordUrl,
    passwordGiven,
    globalOrigin,
  }: {
    account: Account
    /** Null for a user who needs none. */
    setPasswordUrl: string | null
    /** An admin chose the password. */
    passwordGiven: boolean
    globalOrigin: URL
  },
): ComposedMail {
  const { user, site } = account
  const values = { username: user.username, siteName: site.name }
  const t = messagesFor(language).emails
  return composeMail(
    language,
    { account, globalOrigin },
    {
      subject: 'welcomeSubject',
      kind: 'invitation',
      lines: [
        fill(t.welcome, values),
        ...(passwordGiven ? [t.passwordGiven] : []),
        ...(setPasswordUrl === null
          ? [{ label: t.welcomeSite, url: siteOrigin(site, globalOrigin) }, t.welcomeEnd]
          : [
              { label: t.welcomeLink, url: setPasswordUrl },
              passwordGiven ? t.choosesOwn : t.welcomeInvitedEnd,
            ]),
      ],
    },
  )
}
