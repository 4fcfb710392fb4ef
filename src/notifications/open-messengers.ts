import type { Config } from '../config.ts'
import type { Mailer } from './mailer.ts'
import { openMailer } from './open-mailer.ts'
import { type Texter, twilioTexter } from './twilio.ts'

/** How email and text messages are sent. */
export interface Messengers {
  mailer: Mailer
  /** Null if text messages are not configured. */
  texter: Texter | null
}

export function openMessengers(env: Env, config: Config): Messengers {
  const { textService } = config
  return { mailer: openMailer(env, config), texter: textService && twilioTexter(textService) }
}
