import { hasBidiControls } from '../http/bidi.ts'
import { readEmailAddress } from '../users/email-address.ts'

const LONGEST = 255

/** Returns a claim that is text fit to show, compare and store; else null. */
export function textClaim(claim: unknown): string | null {
  const isText = typeof claim === 'string' && claim.isWellFormed() && /^\P{Cc}{1,255}$/u.test(claim)
  return isText && claim.length <= LONGEST && !hasBidiControls(claim) ? claim : null
}

/** Returns a claim that is a deliverable email address; else null. */
export function emailClaim(claim: unknown): string | null {
  const text = textClaim(claim)
  return text === null ? null : readEmailAddress(text)
}

/** Whether a claim is true. Some providers, such as Amazon Cognito, send booleans as text. */
export function isTrueClaim(claim: unknown): boolean {
  return claim === true || claim === 'true'
}
