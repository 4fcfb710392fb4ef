import { expect, it } from 'vitest'
import { sendEmailMailer } from '../../src/notifications/open-mailer.ts'
import { GivenUp } from '../../src/notifications/task-workers.ts'

const mail = { to: 'jane@example.com', subject: 'Hello', text: 'Hello\n', html: '<p>Hello</p>' }

/** The Email Service's header check: its own list, and names that start with X-. */
function emailService(answer: () => Promise<unknown> = async () => ({ messageId: '1' })) {
  const sent: { headers?: Record<string, string> }[] = []
  return {
    sent,
    binding: {
      send: async (message: { headers?: Record<string, string> }) => {
        for (const name of Object.keys(message.headers ?? {}))
          if (!/^(X-[\w-]+|Auto-Submitted|In-Reply-To|References|List-[\w-]+)$/i.test(name))
            throw Object.assign(new Error('header'), { code: 'E_HEADER_NOT_ALLOWED' })
        sent.push(message)
        return answer()
      },
    } as never,
  }
}

it('Mail by the Email Service asks programs not to answer', async () => {
  const { sent, binding } = emailService()
  await sendEmailMailer({ EMAIL: binding, MAIL_FROM: 'latchkey@example.com' }).send(mail, '1')
  expect(sent[0]?.headers).toEqual({
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  })
})

it('Mail that the Email Service rejects permanently is dropped, other failures are retried', async () => {
  const failing = (code: string) =>
    emailService(() => Promise.reject(Object.assign(new Error(code), { code }))).binding
  const send = (code: string) =>
    sendEmailMailer({ EMAIL: failing(code), MAIL_FROM: 'latchkey@example.com' }).send(mail, '1')
  await expect(send('E_RECIPIENT_SUPPRESSED')).rejects.toBeInstanceOf(GivenUp)
  await expect(send('E_DAILY_LIMIT_EXCEEDED')).rejects.not.toBeInstanceOf(GivenUp)
})
