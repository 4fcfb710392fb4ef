import type { Mailer } from './mailer.ts'
import { sendEmailMailer } from './send-email.ts'
import type { SmtpServer } from './smtp-server.ts'

/** How email is sent: see MAIL_TRANSPORT. */
export type MailTransport = { kind: 'send_email' } | { kind: 'smtp'; server: SmtpServer }

/** Returns the configured mailer. */
export function openMailer(env: Env, { mail }: { mail: MailTransport }): Mailer {
  if (mail.kind === 'send_email') return sendEmailMailer(env)
  return {
    async send(message, id) {
      const { smtpMailer } = await import('./smtp-mailer.ts')
      return smtpMailer(mail.server, env.MAIL_FROM).send(message, id)
    },
  }
}
