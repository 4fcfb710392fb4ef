import { TokenDigest } from '../crypto/token-digest.ts'

/** The tokens of services that may act for clients, such as an SFTP front end. */
export class ServiceCredentials {
  readonly #ctx: [name: string, token: TokenDigest][]

  private constructor(ctx: [name: string, token: TokenDigest][]) {
    this.#ctx = ctx
  }

  /** @throws {TypeError} if a token is not base64url of 32 bytes or more */
  static async import(tokens: Record<string, string>): Promise<ServiceCredentials> {
    const imported = Object.entries(tokens).map(
      async ([name, token]) => [name, await TokenDigest.import(token)] as [string, TokenDigest],
    )
    return new ServiceCredentials(await Promise.all(imported))
  }

  /** The service of a token; null if there is none. Compares with every token, whichever matches. */
  async nameOf(presented: string): Promise<string | null> {
    const matching = await Promise.all(
      this.#ctx.map(async ([name, token]) => ((await token.matches(presented)) ? name : null)),
    )
    return matching.find((name) => name !== null) ?? null
  }
}
