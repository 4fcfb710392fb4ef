import { html } from 'hono/html'
import * as z from 'zod'
import { type Language, supportedLanguage } from '../http/languages.ts'
import { fill, type Messages, messagesFor } from '../messages/messages.ts'
import { siteOrigin } from '../sites/site.ts'
import { type Account, isVerifiedOwner, type User } from '../users/account.ts'
import { comparableName } from '../users/username.ts'
import type { Mail } from './mailer.ts'

/** The purpose of an email. Each has its own budget, so that none uses up another's. */
const mailKind = z.enum(['invitation', 'reset', 'notice'])

/** The budget of an email: by the site that caused it and the address. */
export const mailBudget = z.object({ siteId: z.int(), emailKey: z.string(), kind: mailKind })

export type MailBudget = z.infer<typeof mailBudget>

/**
 * The budget of an email to these users of one site and address. Null for a verified owner, so that nobody else can
 * use up what an owner is sent.
 */
export function budgetOf(
  users: Pick<User, 'siteId' | 'emailKey' | 'verifiedEmailKey'>[],
  kind: MailBudget['kind'],
): MailBudget | null {
  const [first] = users
  if (!first || first.emailKey === null || users.some(isVerifiedOwner)) return null
  return { siteId: first.siteId, emailKey: comparableName(first.emailKey), kind }
}

/** A line of a message: text, or a link with its label. */
export type MailLine = string | { label: string; url: string }

/** The subject of a message. Subjects have no place for values, so no tenant can write into one. */
export type MailSubject = Extract<keyof Messages['emails'], `${string}Subject`>

/** The recipient: a user, and perhaps others of the same site and address. */
interface MailedTo {
  account: Account
  others?: Account[]
  globalOrigin: URL
}

/** A message, and the budget that it counts against. */
export interface ComposedMail extends Mail {
  budget: MailBudget | null
}

/**
 * Composes a message as text and as HTML for small screens. Names and addresses are escaped. The subject has no place
 * for what a tenant chose, and the first line names the site's host before anything of that kind.
 * @param kind the budget that it counts against, unless the address is verified
 */
export function composeMail(
  language: Language,
  { account, others = [], globalOrigin }: MailedTo,
  { subject, lines, kind }: { subject: MailSubject; lines: MailLine[]; kind: MailBudget['kind'] },
): ComposedMail {
  const { host } = new URL(siteOrigin(account.site, globalOrigin))
  const users = [account, ...others].map(({ user }) => user)
  const t = messagesFor(language).emails
  const title = t[subject]
  const all = [fill(t.about, { host }), ...lines]
  return {
    to: account.user.email ?? '',
    budget: budgetOf(users, kind),
    subject: title,
    text: `${all.map(asText).join('\n\n')}\n`,
    html: String(html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body style="margin:0 auto;padding:24px;max-width:32em;font:16px/1.5 system-ui,sans-serif">
<h1 style="font-size:20px">${title}</h1>
${all.map(asHtml)}
</body>
</html>`),
  }
}

function asText(line: MailLine): string {
  return typeof line === 'string' ? line : `${line.label}:\n${line.url}`
}

function asHtml(line: MailLine) {
  return typeof line === 'string'
    ? html`<p>${line}</p>\n`
    : html`<p><a href="${line.url}" style="display:inline-block;padding:12px 0">${line.label}</a><br><small style="overflow-wrap:anywhere">${line.url}</small></p>\n`
}

/** The language of an email: the user's, the site's, or the one that the request asked for. */
export function mailLanguage({ user, site }: Account, requestedLanguage?: string): Language {
  const own = supportedLanguage(user.language) ?? supportedLanguage(site.language)
  return own ?? supportedLanguage(requestedLanguage) ?? 'en'
}
