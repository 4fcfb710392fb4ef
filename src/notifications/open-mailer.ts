import type { Mailer } from './mailer.ts'
import { sendEmailMailer } from './send-email.ts'
import { smtpMailer } from './smtp-mailer.ts'
import type { SmtpServer } from './smtp-server.ts'

/** How email is sent: see MAIL_TRANSPORT. */
export type MailTransport = { kind: 'send_email' } | { kind: 'smtp'; server: SmtpServer }

/** Returns the configured mailer. */
export function openMailer(env: Env, { mail }: { mail: MailTransport }): Mailer {
  return mail.kind === 'smtp' ? smtpMailer(mail.server, env.MAIL_FROM) : sendEmailMailer(env)
}
