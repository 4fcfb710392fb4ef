/**
 * What allows a change of who can get in. Stores take the record of a change, and every record carries one of these:
 * so nothing can be changed before its use case has said what allows it.
 */
export class Authority {
  protected readonly by: string

  private constructor(by: string) {
    this.by = by
  }

  /**
   * Whoever acts may make this change: the answer of `authorize` in actors/actor.ts. Only access/ hands it out, which
   * test/architecture/authorities.test.ts holds.
   */
  static readonly granted = new Authority('granted')

  /** The operator's token, which counts as recent authentication. */
  static readonly operator = new Authority('operator')

  /** The request itself proves it: by a password, a mailed code, or an identity provider's answer. */
  static readonly provedByRequest = new Authority('proved by the request')

  /** The change lets nobody in: it takes access away, or has nothing to do with access. */
  static readonly letsNobodyIn = new Authority('lets nobody in')
}
