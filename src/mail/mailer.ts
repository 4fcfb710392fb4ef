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
