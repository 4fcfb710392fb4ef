import { fill, messagesFor } from '../messages/messages.ts'
import { deviceName } from '../sessions/device-name.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
import { mailLanguage } from './mail-language.ts'
import { spelledDate } from './spelled-date.ts'

/** A login that its user is told of. */
export interface ToldLogIn {
  account: Account
  /** Milliseconds since the Unix epoch. */
  at: number
  /** Where it came from; null where that is not known. */
  address: string | null
  userAgent: string
  globalOrigin: URL
  /** The caller's language, for users and sites that have none of their own. */
  asked: string
}

/** Tells a user of a login from where there was none of late. Null for a user without an address. */
export function newDeviceMail(told: ToldLogIn): ComposedMail | null {
  return logInMail(told, {
    news: 'newDevice',
    from: 'newDeviceFrom',
    end: 'credentialEnd',
    link: 'accountLink',
    path: '/account',
  })
}

/** Tells a user that somebody knows the password, but not the second factor. Null as above. */
export function wrongCodesMail(told: ToldLogIn): ComposedMail | null {
  return logInMail(told, {
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
  { account, at, address, userAgent, globalOrigin, asked }: ToldLogIn,
  { news, from, end, link, path }: LogInMail,
): ComposedMail | null {
  const { user, site } = account
  if (user.email === null) return null
  const language = mailLanguage(account, asked)
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
