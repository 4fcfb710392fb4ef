/**
 * What allows a change of access. Stores accept only the record of a change, and every record carries an authority,
 * so that nothing changes before a use case has said what allows it.
 */
export class Authority {
  protected readonly by: string

  private constructor(by: string) {
    this.by = by
  }

  /**
   * The actor may make this change: the result of `authorize` in access/actor.ts. Only access/ issues it, and
   * test/architecture/authorities.test.ts checks that.
   */
  static readonly granted = new Authority('granted')

  /** The operator's token, which counts as recent authentication. */
  static readonly operator = new Authority('operator')

  /** The request itself proves it: by a password, a mailed code, or an identity provider's answer. */
  static readonly provedByRequest = new Authority('proved by the request')

  /** The change grants no access: it takes access away, or has nothing to do with access. */
  static readonly grantsNoAccess = new Authority('lets nobody in')
}
