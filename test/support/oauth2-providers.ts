import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { CLIENT } from './code-order.ts'

/**
 * Box, Dropbox, Slack and Atlassian with the responses that their references publish, for the person whom the code
 * names. Each checks the client, the redirect URI and the kind of code.
 */
const answers: Record<string, unknown> = {
  'api.box.com/oauth2/token': {
    access_token: 'c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ',
    expires_in: 3600,
    restricted_to: [{ scope: 'item_download', object: { id: '12345', type: 'folder' } }],
    refresh_token: 'c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ',
    token_type: 'bearer',
  },
  'api.box.com/2.0/users/me': {
    id: '11446498',
    type: 'user',
    name: 'Jane Doe',
    login: 'jane@acme.example',
    status: 'active',
  },
  'api.dropboxapi.com/oauth2/token': {
    access_token: 'sl.u.AbX9y6Fe3AuH5o66-gmJpR032jwAwQPIVVzWXZNkdzcYT02akC2de219dZi6gxYPVnYPrpvIS',
    expires_in: 14_400,
    token_type: 'bearer',
    scope: 'account_info.read',
    account_id: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
    uid: '12345',
  },
  'api.dropboxapi.com/2/users/get_current_account': {
    account_id: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
    name: {
      given_name: 'Jane',
      surname: 'Doe',
      familiar_name: 'Jane',
      display_name: 'Jane Doe',
      abbreviated_name: 'JD',
    },
    email: 'jane@acme.example',
    email_verified: true,
    disabled: false,
    country: 'US',
    locale: 'en',
    referral_link: 'https://db.tt/ZITNuhtI',
    is_paired: false,
    account_type: { '.tag': 'business' },
    root_info: { '.tag': 'user', root_namespace_id: '3235641', home_namespace_id: '3235641' },
  },
  'slack.com/api/oauth.v2.access': {
    ok: true,
    app_id: 'A0KRD7HC3',
    authed_user: {
      id: 'U1234',
      scope: 'identity.basic,identity.email',
      access_token: 'xoxp-1234',
      token_type: 'user',
    },
    team: { id: 'T9TK3CUKW' },
    enterprise: null,
    is_enterprise_install: false,
  },
  'slack.com/api/users.identity': {
    ok: true,
    user: { name: 'Jane Doe', id: 'U0G9QF9C6', email: 'jane@acme.example' },
    team: { id: 'T0G9PQBBK' },
  },
  'auth.atlassian.com/oauth/token': {
    access_token: 'eyJhbGciOiJIUzI1NiJ9.e30.x',
    expires_in: 3600,
    token_type: 'Bearer',
    scope: 'read:me',
  },
  'api.atlassian.com/me': {
    account_type: 'atlassian',
    account_id: '112233aa-bb11-cc22-33dd-445566abcabc',
    email: 'jane@acme.example',
    email_verified: true,
    name: 'Jane Doe',
    account_status: 'active',
  },
}

/** Serves /oauth2/HOST/PATH as HOST serves /PATH. */
export async function answerAsOAuth2(
  request: IncomingMessage,
  reply: ServerResponse,
): Promise<void> {
  const json = (body: unknown, status = 200) =>
    void reply.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  const { pathname } = new URL(request.url ?? '', 'http://outside')
  const address = pathname.replace('/oauth2/', '')
  const answer = answers[address]
  if (!answer) return json({}, 404)
  if (!/oauth/.test(address)) {
    const isKnown = request.headers.authorization?.startsWith('Bearer ')
    return isKnown ? json(answer) : json({}, 401)
  }
  const refusal = refusalOf(request, new URLSearchParams(await text(request)))
  if (refusal === null) return json(answer)
  if (!address.startsWith('slack.com'))
    return json({ error: refusal }, refusal === 'invalid_client' ? 401 : 400)
  // Slack returns 200 for errors, too.
  json({ ok: false, error: refusal === 'invalid_grant' ? 'invalid_code' : refusal })
}

/** A code here is the PKCE challenge that it was issued for. The client authenticates in the body only. */
function refusalOf({ headers }: IncomingMessage, sent: URLSearchParams): string | null {
  const names = [...sent.keys()]
  if (headers.authorization !== undefined || new Set(names).size < names.length)
    return 'invalid_request'
  const at = (name: string) => sent.get(name) ?? ''
  const challenge = createHash('sha256').update(at('code_verifier')).digest('base64url')
  if (at('client_id') !== CLIENT.id || at('client_secret') !== CLIENT.secret)
    return 'invalid_client'
  if (at('grant_type') !== 'authorization_code' || at('code') !== challenge) return 'invalid_grant'
  return /^http:\/\/mysite\.localhost\/login_from_oauth\/\d+$/.test(at('redirect_uri'))
    ? null
    : 'invalid_grant'
}
