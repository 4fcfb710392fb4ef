/** A text message to one number. */
export interface TextMessage {
  /** E.164. */
  to: string
  text: string
}

export interface Texter {
  /**
   * Hands a message over.
   * @throws {GivenUp} when it will never be taken
   * @throws when it was not taken now: it is sent again later
   */
  send(message: TextMessage, id: string): Promise<void>
}
