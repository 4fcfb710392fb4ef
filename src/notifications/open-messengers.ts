import type { Config } from '../config.ts'
import type { Mailer } from './mailer.ts'
import { openMailer } from './open-mailer.ts'
import type { Texter } from './texter.ts'
import { twilioTexter } from './twilio.ts'

/** How mail and text messages leave. */
export interface Messengers {
  mailer: Mailer
  /** Null where no text messages are sent. */
  texter: Texter | null
}

/** The ones that are configured. */
export function openMessengers(env: Env, config: Config): Messengers {
  const { textService } = config
  return {
    mailer: openMailer(env, config),
    texter: textService && twilioTexter(textService),
  }
}
