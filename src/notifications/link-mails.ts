import type { Language } from '../http/languages.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'

/** Welcomes a new user, with a link to choose a password, or to log in with the one that they were given. */
export function welcomeMail(
  language: Language,
  welcomed: {
    account: Account
    /** Null for a user who does not need one. */
    setPasswordUrl: string | null
    /** Whether an admin chose the password. */
    passwordGiven: boolean
    globalOrigin: URL
  },
): ComposedMail {
  const { account, setPasswordUrl, passwordGiven, globalOrigin } = welcomed
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

/** A user's link to a new password. */
interface ResetLink {
  account: Account
  url: string
}

/** Sends password reset links: one for each user of a site with the address. */
export function resetMail(
  language: Language,
  { first, others, globalOrigin }: { first: ResetLink; others: ResetLink[]; globalOrigin: URL },
): ComposedMail {
  const to = { account: first.account, others: others.map(({ account }) => account), globalOrigin }
  const t = messagesFor(language).emails
  return composeMail(language, to, {
    subject: 'resetSubject',
    kind: 'reset',
    lines: [
      t.resetIntro,
      ...[first, ...others].map(({ url, account: { user, site } }) => {
        const values = { username: user.username, siteName: site.name }
        return { url, label: fill(t.resetLink, values) }
      }),
      t.resetEnd,
    ],
  })
}
