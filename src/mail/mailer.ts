/** A message to one address, as text and as HTML. */
export interface Mail {
  to: string
  subject: string
  text: string
  html: string
}

export interface Mailer {
  /** Hands a message over. @throws when it was not taken: it is then sent again later */
  send(mail: Mail, id: string): Promise<void>
}
