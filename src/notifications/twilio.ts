import { SECOND } from '../storage/clock.ts'
import { GivenUp } from './task-workers.ts'

/** A text message to one number. */
export interface TextMessage {
  /** E.164. */
  to: string
  text: string
}

export interface Texter {
  /**
   * Delivers a message.
   * @throws {GivenUp} if it will never be accepted
   * @throws if it was not accepted now; it is sent again later
   */
  send(message: TextMessage, id: string): Promise<void>
}

const DEADLINE_MS = 10 * SECOND

/** The service that accepts text messages, and our account there. */
export interface TextService {
  /** Set by the operator, such as https://api.twilio.com. */
  url: URL
  account: string
  token: string
  /** A number (E.164) or a sender name. */
  from: string
}

/** Reads `ACCOUNT:TOKEN`. @throws {TypeError} */
export function readTextCredentials(text: string): { account: string; token: string } {
  const [, account, token] = /^(\w+):(\S+)$/.exec(text) ?? []
  if (!account || !token) throw new TypeError('ACCOUNT:TOKEN is needed')
  return { account, token }
}

/** Sends by the Messages resource of Twilio's API of 2010-04-01, which other services offer too. */
export function twilioTexter({ url, account, token, from }: TextService): Texter {
  const messages = new URL(`/2010-04-01/Accounts/${account}/Messages.json`, url)
  return {
    async send({ to, text }) {
      const reply = await fetch(messages, {
        method: 'POST',
        headers: { Authorization: `Basic ${btoa(`${account}:${token}`)}` },
        body: new URLSearchParams({ To: to, From: from, Body: text }),
        redirect: 'manual',
        signal: AbortSignal.timeout(DEADLINE_MS),
      })
      if (reply.ok) return void (await reply.body?.cancel())
      const { code } = (await reply.json().catch(() => ({}))) as { code?: number }
      const reason = `the text service answered ${reply.status}, code ${code ?? 'none'}`
      // 4xx is final, because the number or the account is wrong; 429 is not.
      const isFinal = reply.status >= 400 && reply.status < 500 && reply.status !== 429
      throw isFinal ? new GivenUp(reason) : new Error(reason)
    },
  }
}
