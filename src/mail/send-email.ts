import type { Mailer } from './mailer.ts'

/**
 * Sends by Cloudflare's Email Service, from a verified sender. Where the binding is missing nothing is
 * sent, and what waits stays in the outbox for a day.
 */
export function sendEmailMailer(env: Pick<Env, 'EMAIL' | 'MAIL_FROM'>): Mailer {
  return {
    async send({ to, subject, text, html }) {
      if (!env.EMAIL) throw new Error('the binding EMAIL is missing')
      await env.EMAIL.send({ to, from: env.MAIL_FROM, subject, text, html })
    },
  }
}
