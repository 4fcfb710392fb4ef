import type { Ctx } from '../context.ts'
import type { Language } from '../http/languages.ts'
import { spelledDate } from '../http/local-time.ts'
import { fill, type Messages, messagesFor } from '../messages/messages.ts'
import { deviceName } from '../sessions/device-name.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import {
  type ComposedMail,
  composeMail,
  type MailLine,
  type MailSubject,
  mailLanguage,
} from './compose-mail.ts'
import type { Waiting } from './task-workers.ts'

/** What every notice is about. Times are in milliseconds since the Unix epoch. */
interface Noticed {
  account: Account
  at: number
  globalOrigin: URL
}

/** What a notice is made of: the texts, the values of the first line, and a link to a page of the site. */
interface NoticeParts {
  t: Messages['emails']
  values: { username: string; siteName: string; at: string }
  link: (label: string, path: '/account' | '/forgot') => MailLine
}

function noticeMail(
  language: Language,
  { account, at, globalOrigin }: Noticed,
  compose: (parts: NoticeParts) => { subject: MailSubject; lines: MailLine[] },
): ComposedMail {
  const { user, site } = account
  const notice = compose({
    t: messagesFor(language).emails,
    values: {
      username: user.username,
      siteName: site.name,
      at: spelledDate(language, at, user.timeZone),
    },
    link: (label, path) => ({ label, url: `${siteOrigin(site, globalOrigin)}${path}` }),
  })
  return composeMail(language, { account, globalOrigin }, { ...notice, kind: 'notice' })
}

/** Tells a user about a lockout after failed logins. @param address of the last failure; null if unknown */
export function lockedMail(
  language: Language,
  locked: Omit<Noticed, 'at'> & { until: number; address: string | null },
): ComposedMail {
  return noticeMail(language, { ...locked, at: locked.until }, ({ t, values, link }) => ({
    subject: 'lockedSubject',
    lines: [
      fill(t.locked, { ...values, until: values.at }),
      ...fromAddress(t.lockedFrom, locked.address),
      t.lockedEnd,
      link(t.changedLink, '/forgot'),
    ],
  }))
}

function fromAddress(text: string, address: string | null): string[] {
  return address === null ? [] : [fill(text, { address })]
}

interface NoticedLogin extends Noticed {
  /** Its IP address; null if unknown. */
  address: string | null
  userAgent: string
  /** For users and sites without a language of their own. */
  requestedLanguage: string
}

/** Tells a user about a login from an unknown device or network. Null for a user without an address. */
export function newDeviceMail(login: NoticedLogin): ComposedMail | null {
  return ifAddressed(login, ({ t, values, link }) => ({
    subject: 'newDeviceSubject',
    lines: [
      fill(t.newDevice, { ...values, device: deviceName(login.userAgent) || '–' }),
      ...fromAddress(t.newDeviceFrom, login.address),
      t.credentialEnd,
      link(t.accountLink, '/account'),
    ],
  }))
}

/** Tells a user that somebody knows their password but not their second factor. Null as above. */
export function wrongCodesMail(login: NoticedLogin): ComposedMail | null {
  return ifAddressed(login, ({ t, values, link }) => ({
    subject: 'wrongCodesSubject',
    lines: [
      fill(t.wrongCodes, { ...values, device: deviceName(login.userAgent) || '–' }),
      ...fromAddress(t.lockedFrom, login.address),
      t.changedEnd,
      link(t.changedLink, '/forgot'),
    ],
  }))
}

/** The changes that `credentialMail` reports. */
export type NoticeKind =
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
  { kind, named, ...noticed }: Omit<Noticed, 'account'> & { kind: NoticeKind; named: string },
  requestedLanguage?: string,
): ComposedMail | null {
  return ifAddressed({ account, requestedLanguage, ...noticed }, ({ t, values, link }) => ({
    subject: `${kind}Subject`,
    lines: [fill(t[kind], { ...values, named }), t.credentialEnd, link(t.accountLink, '/account')],
  }))
}

function ifAddressed(
  noticed: Noticed & { requestedLanguage?: string | undefined },
  compose: Parameters<typeof noticeMail>[2],
): ComposedMail | null {
  const { account, requestedLanguage } = noticed
  if (account.user.email === null) return null
  return noticeMail(mailLanguage(account, requestedLanguage), noticed, compose)
}

interface PasswordChange extends Noticed {
  /** The names of the API keys that remain active. */
  keys: string[]
  /** The link to choose a password that no admin knows; null if it is not needed or not possible. */
  choosesOwnAt: string | null
}

/** Tells a user that their password was changed. If an admin set it, adds a link to choose their own. */
export function passwordChangedMail(language: Language, changed: PasswordChange): ComposedMail {
  const { keys, choosesOwnAt: url } = changed
  return noticeMail(language, changed, ({ t, values, link }) => ({
    subject: 'changedSubject',
    lines: [
      fill(url === null ? t.changed : t.passwordSet, values),
      ...(keys.length === 0 ? [] : [fill(t.keysStay, { names: keys.join(', ') })]),
      ...(url === null
        ? [t.changedEnd, link(t.changedLink, '/forgot')]
        : [t.choosesOwn, { label: t.welcomeLink, url }]),
    ],
  }))
}

/** What happened to which credential, for the email to its user. `at` in milliseconds since the Unix epoch. */
export interface CredentialNotice {
  kind: NoticeKind
  named: string
  at: number
}

/** Seals the email about a credential for the outbox; null for a user without an address. */
export async function credentialNotice(
  ctx: Ctx,
  { account, region, language }: { account: Account; region: Region; language?: string },
  content: CredentialNotice,
): Promise<Waiting | null> {
  const mail = credentialMail(account, { ...content, globalOrigin: ctx.globalOrigin }, language)
  const { outbox } = ctx.in(region)
  return mail && { outbox, task: await outbox.prepare('mail', mail, content.at) }
}
