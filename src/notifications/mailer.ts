/** A message to one address, as text and as HTML. */
export interface Mail {
  to: string
  subject: string
  text: string
  html: string
}

export interface Mailer {
  /**
   * Delivers a message.
   * @throws {GivenUp} if it will never be accepted
   * @throws if it was not accepted now; it is sent again later
   */
  send(mail: Mail, id: string): Promise<void>
}

/**
 * Headers that keep programs from replying: RFC 3834 §5.1, and what Exchange needs to suppress its out-of-office
 * replies.
 */
export const AUTOMATIC_MAIL = {
  'Auto-Submitted': 'auto-generated',
  'X-Auto-Response-Suppress': 'All',
}
