import type { Language } from '../platform/languages.ts'
import { composeMail } from './compose-mail.ts'
import { mailText } from './mail-texts.ts'
import type { Mail } from './mailer.ts'

/** The way to a new password: one link for each user of the address. */
export function resetMail(
  language: Language,
  { to, links }: { to: string; links: { username: string; siteName: string; url: string }[] },
): Mail {
  return composeMail(language, {
    to,
    subject: mailText(language, 'resetSubject'),
    lines: [
      mailText(language, 'resetIntro'),
      ...links.map(({ url, ...whose }) => ({ url, label: mailText(language, 'resetLink', whose) })),
      mailText(language, 'resetEnd'),
    ],
  })
}
