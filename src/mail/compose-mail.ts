import { html } from 'hono/html'
import type { Language } from '../platform/languages.ts'
import type { Mail } from './mailer.ts'

/** A line of a message: words, or a link with what it is for. */
export type MailLine = string | { label: string; url: string }

/** Sets a message as text and as HTML that a phone shows well. Names and addresses are escaped. */
export function composeMail(
  language: Language,
  { to, subject, lines }: { to: string; subject: string; lines: MailLine[] },
): Mail {
  const oneLine = subject.replaceAll(/\p{Cc}+/gu, ' ')
  return {
    to,
    subject: oneLine,
    text: `${lines.map(asText).join('\n\n')}\n`,
    html: String(html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${oneLine}</title>
</head>
<body style="margin:0 auto;padding:24px;max-width:32em;font:16px/1.5 system-ui,sans-serif">
<h1 style="font-size:20px">${oneLine}</h1>
${lines.map(asHtml)}
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
