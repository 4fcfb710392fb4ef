import { fill, messagesFor } from '../messages/messages.ts'
import { deviceName } from '../sessions/device-name.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
import { mailLanguage } from './mail-language.ts'
import { spelledDate } from './spelled-date.ts'

/** A login that the user is told about. */
interface NoticedLogin {
  account: Account
  /** Milliseconds since the Unix epoch. */
  at: number
  /** Its IP address; null if unknown. */
  address: string | null
  userAgent: string
  globalOrigin: URL
  /** For users and sites without a language of their own. */
  requestedLanguage: string
}

/** Tells a user about a login from an unknown device or network. Null for a user without an address. */
export function newDeviceMail(login: NoticedLogin): ComposedMail | null {
  return logInMail(login, {
    news: 'newDevice',
    from: 'newDeviceFrom',
    end: 'credentialEnd',
    link: 'accountLink',
    path: '/account',
  })
}

/** Tells a user that somebody knows their password but not their second factor. Null as above. */
export function wrongCodesMail(login: NoticedLogin): ComposedMail | null {
  return logInMail(login, {
    news: 'wrongCodes',
    from: 'lockedFrom',
    end: 'changedEnd',
    link: 'changedLink',
    path: '/forgot',
  })
}

interface LogInMail {
  news: 'newDevice' | 'wrongCodes'
  from: 'newDeviceFrom' | 'lockedFrom'
  end: 'credentialEnd' | 'changedEnd'
  link: 'accountLink' | 'changedLink'
  path: string
}

function logInMail(
  { account, at, address, userAgent, globalOrigin, requestedLanguage }: NoticedLogin,
  { news, from, end, link, path }: LogInMail,
): ComposedMail | null {
  const { user, site } = account
  if (user.email === null) return null
  const language = mailLanguage(account, requestedLanguage)
  const t = messagesFor(language).emails
  const values = {
    username: user.username,
    siteName: site.name,
    at: spelledDate(language, at, user.timeZone),
    device: deviceName(userAgent) || '–',
  }
  return composeMail(
    language,
    { account, globalOrigin },
    {
      subject: `${news}Subject`,
      kind: 'notice',
      lines: [
        fill(t[news], values),
        ...(address === null ? [] : [fill(t[from], { address })]),
        t[end],
        {
          label: t[link],
          url: `${siteOrigin(site, globalOrigin)}${path}`,
        },
      ],
    },
  )
}
