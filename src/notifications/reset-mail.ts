import type { Language } from '../http/languages.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'

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
  const to = {
    account: first.account,
    others: others.map(({ account }) => account),
    globalOrigin,
  }
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
