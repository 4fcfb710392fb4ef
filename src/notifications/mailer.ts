/** A message to one address, as text and as HTML. */
export interface Mail {
  to: string
  subject: string
  text: string
  html: string
}

export interface Mailer {
  /**
   * Hands a message over.
   * @throws {GivenUp} when it will never be taken
   * @throws when it was not taken now: it is sent again later
   */
  send(mail: Mail, id: string): Promise<void>
}

/**
 * Headers of every message: no program answers it. RFC 3834 §5.1, and what Exchange asks for before it
 * leaves out its "out of office".
 */
export const AUTOMATIC_MAIL = {
  'Auto-Submitted': 'auto-generated',
  'X-Auto-Response-Suppress': 'All',
}
