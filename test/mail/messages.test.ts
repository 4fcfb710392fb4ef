import { describe, expect, it } from 'vitest'
import { lockedMail } from '../../src/mail/locked-mail.ts'
import type { Mail } from '../../src/mail/mailer.ts'
import { passwordChangedMail } from '../../src/mail/password-changed-mail.ts'
import { resetMail } from '../../src/mail/reset-mail.ts'
import { welcomeMail } from '../../src/mail/welcome-mail.ts'
import type { Language } from '../../src/platform/languages.ts'

const languages: Language[] = ['en', 'es', 'de', 'fr']
const at = Date.UTC(2026, 10, 24, 3, 4)
const siteName = '<b>Jo & Co</b>\r\nBcc: eve@example.com'
const who = { to: 'jo@example.com', username: 'jo', siteName, timeZone: null }
const url = 'https://jo.example.com/reset?code=0&x'

const messages: Record<string, (language: Language) => Mail> = {
  reset: (language) => resetMail(language, { to: who.to, links: [{ ...who, url }] }),
  changed: (language) =>
    passwordChangedMail(language, { ...who, at, keys: ['backup'], forgotUrl: url }),
  locked: (language) =>
    lockedMail(language, { ...who, until: at, address: '203.0.113.7', forgotUrl: url }),
  invited: (language) => welcomeMail(language, { ...who, setPasswordUrl: url }),
  welcome: (language) => welcomeMail(language, { ...who, siteUrl: url }),
}

describe.each(Object.entries(messages))('The message %s', (_, compose) => {
  it.each(languages)('in %s has every value in its place, as text and as HTML', (language) => {
    const { to, subject, text, html } = compose(language)
    expect(to).toBe(who.to)
    for (const part of [subject, text, html]) expect(part).not.toMatch(/[{}]|undefined|null/)
    for (const part of [text, html]) expect(part).toContain('jo')
    expect(text).toContain(`\n${url}\n`)
    expect(html).toContain('href="https://jo.example.com/reset?code=0&amp;x"')
    expect(html).toContain(`<html lang="${language}">`)
    expect(subject.length).toBeGreaterThan(5)
  })

  it('lets no name become markup or a header', () => {
    const { subject, html } = compose('en')
    expect(subject).not.toMatch(/[\r\n]/)
    expect(html).not.toContain('<b>')
  })

  it('is another in each language', () => {
    expect(new Set(languages.map((language) => compose(language).text)).size).toBe(languages.length)
  })
})

it.each(['אבג', 'شركة 7'])('A name from right to left turns no line round: %s', (siteName) => {
  const mail = (name: string) =>
    resetMail('en', { to: who.to, links: [{ ...who, siteName: name, username: 'jo', url }] })
  expect(mail(siteName).text).toContain(`New password for jo at \u2068${siteName}\u2069:`)
  expect(mail(`${siteName}\u202e`).text).toBe(mail(siteName).text)
  expect(mail('Acme').text).toContain('New password for jo at Acme:')
})

it('Dates are spelled as each language spells them, in UTC', () => {
  const spelled = languages.map((language) => messages.changed?.(language).text ?? '')
  expect(spelled.join()).toMatch(/November 24, 2026 at 3:04:00/)
  expect(spelled.join()).toMatch(/24\. November 2026 um 03:04:00 UTC/)
})

it('Dates are spelled in the time zone of the reader, where it has one', () => {
  const changed = { ...who, at, keys: [], forgotUrl: url, timeZone: 'Asia/Tokyo' }
  expect(passwordChangedMail('en', changed).text).toMatch(/12:04:00\sPM GMT\+9/)
})

it('A changed password names the API keys that stay, if any do', () => {
  const mail = (keys: string[]) => passwordChangedMail('en', { ...who, at, keys, forgotUrl: url })
  expect(mail(['backup', '<i>x</i>']).text).toContain('stay good: backup, <i>x</i>.')
  expect(mail(['<i>x</i>']).html).not.toContain('<i>')
  expect(mail([]).text).not.toContain('API')
})

it('A lock whose address is not known names none', () => {
  const { text } = lockedMail('en', { ...who, until: at, address: null, forgotUrl: url })
  expect(text).not.toContain('address')
})
