import { html } from 'hono/html'
import type { Language } from '../http/languages.ts'
import { fill, type Messages, messagesFor } from '../messages/messages.ts'
import { siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { budgetOf, type MailBudget } from './mail-budget.ts'
import type { Mail } from './mailer.ts'

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
  const t = messagesFor(language).emails
  const title = t[subject]
  const all = [fill(t.about, { host }), ...lines]
  return {
    to: account.user.email ?? '',
    budget: budgetOf(
      [account, ...others].map(({ user }) => user),
      kind,
    ),
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
