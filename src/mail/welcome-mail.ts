import type { Language } from '../platform/languages.ts'
import { composeMail } from './compose-mail.ts'
import { mailText } from './mail-texts.ts'
import type { Mail } from './mailer.ts'

/** Greets a new user: with the way to a first password, or to where it logs in with the one it was given. */
export function welcomeMail(
  language: Language,
  welcome: { to: string; username: string; siteName: string } & (
    | { setPasswordUrl: string }
    | { siteUrl: string }
  ),
): Mail {
  const { to, username, siteName } = welcome
  const invited = 'setPasswordUrl' in welcome
  return composeMail(language, {
    to,
    subject: mailText(language, 'welcomeSubject', { siteName }),
    lines: [
      mailText(language, 'welcome', { username, siteName }),
      invited
        ? { label: mailText(language, 'welcomeLink'), url: welcome.setPasswordUrl }
        : { label: mailText(language, 'welcomeSite'), url: welcome.siteUrl },
      mailText(language, invited ? 'welcomeInvitedEnd' : 'welcomeEnd'),
    ],
  })
}
