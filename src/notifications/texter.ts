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
