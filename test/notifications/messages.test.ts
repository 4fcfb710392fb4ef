import { describe, expect, it } from 'vitest'
import type { Language } from '../../src/http/languages.ts'
import { messagesFor } from '../../src/messages/messages.ts'
import { resetMail, welcomeMail } from '../../src/notifications/link-mails.ts'
import type { Mail } from '../../src/notifications/mailer.ts'
import {
  credentialMail,
  lockedMail,
  type NoticeKind,
  newDeviceMail,
  passwordChangedMail,
  wrongCodesMail,
} from '../../src/notifications/notice-mails.ts'
import type { Account } from '../../src/users/account.ts'
import { userOf } from '../../src/users/create-user.ts'

const languages: Language[] = ['en', 'es', 'de', 'fr']
const at = Date.UTC(2026, 10, 24, 3, 4)
const siteName = '<b>Jo & Co</b>\r\nBcc: eve@example.com'
const url = 'https://jo.example.com/reset?code=0&x'
const globalOrigin = new URL('https://example.com')

/** About a user called jo, at a site with a name that its admin chose. */
function accountOf(language: Language, { user = {}, site = {} } = {}): Account {
  const made = userOf(
    { siteId: 1, username: 'jo', email: 'jo@example.com', language, by: null, ...user },
    { id: 1, at },
  )
  const hosts = { subdomain: 'jo', domain: null, domainVerifiedAt: null }
  return { user: made, site: { id: 1, name: siteName, language: null, ...hosts, ...site } as never }
}

const kinds: NoticeKind[] = [
  ...(['apiKeyMade', 'appPaired', 'addressChanged', 'identityLinked', 'identityRemoved'] as const),
  ...(['secondFactorAdded', 'secondFactorRemoved', 'secondFactorsReset'] as const),
  'recoveryCodesRenewed',
]

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

/** Every message of an account; `named` is a name that a user has chosen. */
const messages: Record<string, (account: Account, named?: string) => Mail | null> = {
  reset: (account) =>
    resetMail(inIts(account), { first: { account, url }, others: [], globalOrigin }),
  changed: (account, named = 'backup') =>
    passwordChangedMail(inIts(account), {
      account,
      at,
      keys: [named],
      choosesOwnAt: null,
      globalOrigin,
    }),
  'set by an admin': (account) =>
    passwordChangedMail(inIts(account), { account, at, keys: [], choosesOwnAt: url, globalOrigin }),
  locked: (account) =>
    lockedMail(inIts(account), { account, until: at, address: '203.0.113.7', globalOrigin }),
  invited: (account) =>
    welcomeMail(inIts(account), {
      account,
      setPasswordUrl: url,
      passwordGiven: false,
      globalOrigin,
    }),
  'given a password': (account) =>
    welcomeMail(inIts(account), {
      account,
      setPasswordUrl: url,
      passwordGiven: true,
      globalOrigin,
    }),
  welcome: (account) =>
    welcomeMail(inIts(account), {
      account,
      setPasswordUrl: null,
      passwordGiven: false,
      globalOrigin,
    }),
  newDevice: (account) =>
    newDeviceMail({ account, at, address: null, userAgent, globalOrigin, requestedLanguage: 'en' }),
  wrongCodes: (account) =>
    wrongCodesMail({
      account,
      at,
      address: null,
      userAgent,
      globalOrigin,
      requestedLanguage: 'en',
    }),
  ...Object.fromEntries(
    kinds.map((kind) => [
      kind,
      (account: Account, named = 'backup') =>
        credentialMail(account, { kind, named, at, globalOrigin }),
    ]),
  ),
}

function inIts({ user }: Account): Language {
  return user.language as Language
}

function composed(name: string, account: Account, named?: string): Mail {
  return messages[name]?.(account, named) as Mail
}

describe.each(Object.keys(messages))('The message %s', (name) => {
  const compose = (language: Language) => composed(name, accountOf(language))

  it.each(languages)(
    'in %s has every value in its place, as plain text and as HTML',
    (language) => {
      const { to, subject, text, html } = compose(language)
      expect(to).toBe('jo@example.com')
      for (const part of [subject, text, html]) expect(part).not.toMatch(/[{}]|undefined|null/)
      for (const part of [text, html]) expect(part).toContain('jo')
      expect(text).toMatch(/\nhttps:\/\/jo\.example\.com[/\w?=&]*\n/)
      expect(html).toContain('href="https://jo.example.com')
      expect(html).toContain(`<html lang="${language}">`)
      expect(subject.length).toBeGreaterThan(5)
    },
  )

  it('escapes names so that they become neither markup nor a header', () => {
    const { subject, html } = compose('en')
    expect(subject).not.toMatch(/[\r\n]/)
    expect(html).not.toContain('<b>')
  })

  it('differs in each language', () => {
    expect(new Set(languages.map((language) => compose(language).text)).size).toBe(languages.length)
  })

  it.each(languages)(
    'in %s names the site’s host before anything that the tenant chose',
    (language) => {
      const chosen = 'Call +1 555 0100 now'
      const user = { username: `${chosen} user` }
      const account = accountOf(language, { user, site: { name: `${chosen} site` } })
      const { subject, text, html } = composed(name, account, `${chosen} key`)
      expect(subject).toBe(compose(language).subject)
      expect(html.slice(0, html.indexOf('<body'))).not.toContain(chosen)
      for (const part of [text, html]) {
        expect(part.indexOf('jo.example.com')).toBeGreaterThan(-1)
        expect(part.indexOf('jo.example.com')).toBeLessThan(part.indexOf(chosen))
      }
    },
  )

  it('names the verified domain when the site has one', () => {
    const site = { domain: 'files.jo.example', domainVerifiedAt: 1 }
    const { text } = composed(name, accountOf('en', { site }))
    expect(text).toMatch(/^This email is about your account at files\.jo\.example\.\n/)
  })
})

it.each(languages)('No subject in %s contains a placeholder', (language) => {
  const texts = Object.entries(messagesFor(language).emails)
  const subjects = texts.filter(([name]) => name.endsWith('Subject')).map(([, text]) => text)
  expect(new Set(subjects).size).toBeGreaterThan(10)
  for (const text of subjects) expect(text).not.toMatch(/[{}]/)
  expect(subjects).toContain(composed('welcome', accountOf(language)).subject)
})

it('Links are escaped in HTML', () => {
  expect(composed('reset', accountOf('en')).html).toContain(
    'href="https://jo.example.com/reset?code=0&amp;x"',
  )
})

it.each(['אבג', 'شركة 7'])(
  'A right-to-left name does not reorder the rest of its line: %s',
  (siteName) => {
    const mail = (name: string) => composed('reset', accountOf('en', { site: { name } }))
    expect(mail(siteName).text).toContain(`New password for jo at \u2068${siteName}\u2069:`)
    expect(mail(`${siteName}\u202e`).text).toBe(mail(siteName).text)
    expect(mail('Acme').text).toContain('New password for jo at Acme:')
  },
)

it('Dates follow the conventions of each language, in UTC', () => {
  const spelled = languages.map((language) => composed('changed', accountOf(language)).text)
  expect(spelled.join()).toMatch(/November 24, 2026 at 3:04:00/)
  expect(spelled.join()).toMatch(/24\. November 2026 um 03:04:00 UTC/)
})

it('Dates are given in the reader’s time zone, if they have one', () => {
  const account = accountOf('en', { user: { timeZone: 'Asia/Tokyo' } })
  expect(composed('changed', account).text).toMatch(/12:04:00\sPM GMT\+9/)
})

it('The notice of a changed password lists the API keys that remain, if any', () => {
  const mail = (keys: string[]) =>
    passwordChangedMail('en', {
      account: accountOf('en'),
      at,
      keys,
      choosesOwnAt: null,
      globalOrigin,
    })
  expect(mail(['backup', '<i>x</i>']).text).toContain('still work: backup, <i>x</i>.')
  expect(mail(['<i>x</i>']).html).not.toContain('<i>')
  expect(mail([]).text).not.toContain('API')
})

it('The notice of a lockout names no IP address when none is known', () => {
  const { text } = lockedMail('en', {
    account: accountOf('en'),
    until: at,
    address: null,
    globalOrigin,
  })
  expect(text).not.toContain('address')
})
