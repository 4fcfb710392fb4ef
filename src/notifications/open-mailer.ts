import { deliverableAddress } from '../users/email-address.ts'
import { AUTOMATIC_MAIL, type Mailer } from './mailer.ts'
import type { SmtpServer } from './smtp-server.ts'
import { GivenUp } from './task-workers.ts'

/** How email is sent: see MAIL_TRANSPORT. */
export type MailTransport = { kind: 'send_email' } | { kind: 'smtp'; server: SmtpServer }

export function openMailer(env: Env, { mail }: { mail: MailTransport }): Mailer {
  if (mail.kind === 'send_email') return sendEmailMailer(env)
  return {
    async send(message, id) {
      const { smtpMailer } = await import('./smtp-mailer.ts')
      return smtpMailer(mail.server, env.MAIL_FROM).send(message, id)
    },
  }
}

/** Errors of Cloudflare's Email Service that another attempt would not fix. */
const FINAL = ['E_RECIPIENT_NOT_ALLOWED', 'E_RECIPIENT_SUPPRESSED', 'E_VALIDATION_ERROR']

/**
 * Sends by Cloudflare's Email Service, from a verified sender. Without the binding nothing is sent, and messages stay
 * in the outbox for a day. The service sets the Message-ID.
 */
export function sendEmailMailer(env: Pick<Env, 'EMAIL' | 'MAIL_FROM'>): Mailer {
  return {
    async send({ to: kept, subject, text, html }) {
      if (!env.EMAIL) throw new Error('the binding EMAIL is missing')
      const to = deliverableAddress(kept)
      if (to === null) throw new GivenUp('not an address that every server takes')
      const headers = AUTOMATIC_MAIL
      try {
        await env.EMAIL.send({ to, from: env.MAIL_FROM, subject, text, html, headers })
      } catch (error) {
        const { code = 'no code' } = error as { code?: string }
        throw FINAL.includes(code) ? new GivenUp(code) : new Error(`send_email: ${code}`)
      }
    },
  }
}
