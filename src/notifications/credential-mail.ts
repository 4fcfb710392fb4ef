import { fill, messagesFor } from '../messages/messages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type ComposedMail, composeMail } from './compose-mail.ts'
import { mailLanguage } from './mail-language.ts'
import { spelledDate } from './spelled-date.ts'

/** The changes that these emails report. */
export type CredentialNews =
  | 'apiKeyMade'
  | 'appPaired'
  | 'secondFactorAdded'
  | 'secondFactorRemoved'
  | 'secondFactorsReset'
  | 'recoveryCodesRenewed'
  | 'addressChanged'
  | 'identityLinked'
  | 'identityRemoved'

/**
 * Tells a user that a way to log in was added or removed. Null for a user without an address.
 * @param named the credential's name
 */
export function credentialMail(
  account: Account,
  {
    news,
    named,
    at,
    globalOrigin,
  }: { news: CredentialNews; named: string; at: number; globalOrigin: URL },
  requestedLanguage?: string,
): ComposedMail | null {
  const { user, site } = account
  if (user.email === null) return null
  const language = mailLanguage(account, requestedLanguage)
  const values = {
    username: user.username,
    siteName: site.name,
    named,
    at: spelledDate(language, at, user.timeZone),
  }
  const t = messagesFor(language).emails
  return composeMail(
    language,
    { account, globalOrigin },
    {
      subject: `${news}Subject`,
      kind: 'notice',
      lines: [
        fill(t[news], values),
        t.credentialEnd,
        {
          label: t.accountLink,
          url: `${siteOrigin(site, globalOrigin)}/account`,
        },
      ],
    },
  )
}
