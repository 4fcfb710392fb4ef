import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locator, Page } from 'playwright-core'
import { clickInPlace, clickThrough, press } from './navigation.ts'

/** Whether a client authenticates as Google requires: in the body, or in a header without encoding. */
function isSentPlain(
  { headers: { authorization } }: IncomingMessage,
  { id, secret }: { id: string; secret: string },
): boolean {
  const plain = Buffer.from(`${id}:${secret}`).toString('base64')
  return authorization === undefined || authorization === `Basic ${plain}`
}

/** A real OpenID Connect provider on loopback. Everybody can log in under any name, with any password. */
export class OpenIdProvider {
  readonly #name: string
  readonly #server: Server = createServer()
  issuer = ''

  /** @param name distinguishes its cookies from those of other providers on this machine */
  constructor(name: string) {
    this.#name = name
  }

  /** Opens a port, so that a client can be told the issuer. */
  async listen(): Promise<void> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening))
    this.issuer = `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** Serves one client from now on. */
  async serve(client: {
    id: string
    secret: string
    redirectUris: string[]
    logoutUri: string
  }): Promise<void> {
    const { Provider } = await import('oidc-provider')
    const groups = (id: string) => (id === 'boss' ? ['staff', 'admins'] : ['staff'])
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: client.redirectUris,
          backchannel_logout_uri: client.logoutUri,
          backchannel_logout_session_required: true,
        },
      ],
      claims: {
        email: ['email', 'email_verified'],
        groups: ['groups'],
        profile: ['name'],
        openid: ['sub', 'sid', 'auth_time'],
      },
      scopes: ['openid', 'email', 'profile', 'groups'],
      // Its default dispatcher calls no loopback address.
      fetch: (url: string, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) =>
        fetch(url, options),
      features: { backchannelLogout: { enabled: true } },
      cookies: {
        keys: ['a key of a test'],
        names: {
          interaction: `${this.#name}_interaction`,
          resume: `${this.#name}_resume`,
          session: `${this.#name}_session`,
        },
      },
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: async () => ({
          sub: id,
          email: `${id}@${this.#name}.example`,
          email_verified: true,
          name: id,
          groups: groups(id),
        }),
      }),
    })
    const answer = provider.callback()
    this.#server.removeAllListeners('request').on('request', (request, reply) => {
      // As strict as Google, which compares the header without decoding it.
      const isTaken = isSentPlain(request, client) || request.url !== '/token'
      if (isTaken) return void answer(request, reply)
      reply
        .writeHead(401, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ error: 'invalid_client' }))
    })
  }

  /** Logs a person in on its pages, which redirect the browser back. */
  static async logIn(page: Page, name: string): Promise<void> {
    await clickThrough(await OpenIdProvider.#signIn(page, name))
  }

  /** The same without the redirect back. */
  static async logInOnly(page: Page, name: string): Promise<void> {
    await clickInPlace(await OpenIdProvider.#signIn(page, name))
  }

  /** Returns the last button to press. */
  static async #signIn(page: Page, name: string): Promise<Locator> {
    await page.locator('input[name=login]').fill(name)
    await page.locator('input[name=password]').fill('any')
    await press(page, 'Sign-in')
    return page.getByRole('button', { name: 'Continue' })
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }
}
