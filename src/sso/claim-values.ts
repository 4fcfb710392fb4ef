import { hasBidiControls } from '../http/bidi.ts'
import { readEmailAddress } from '../users/email-address.ts'

const LONGEST = 255

/** What a provider tells of a person, where it is a text that can be shown, compared and kept; else null. */
export function textClaim(told: unknown): string | null {
  const isText = typeof told === 'string' && told.isWellFormed() && /^\P{Cc}{1,255}$/u.test(told)
  return isText && told.length <= LONGEST && !hasBidiControls(told) ? told : null
}

/** The same of an email address that mail can be delivered to. */
export function emailClaim(told: unknown): string | null {
  const text = textClaim(told)
  return text === null ? null : readEmailAddress(text)
}

/** Whether a provider says yes. Some, such as Amazon Cognito, write it as a text. */
export function isTrueClaim(told: unknown): boolean {
  return told === true || told === 'true'
}
