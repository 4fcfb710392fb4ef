import * as z from 'zod'
import { text } from '../http/check-parameters.ts'
import { anyone, route } from '../http/route.ts'
import { siteOrigin } from '../sites/site.ts'
import { fetchPairedKey } from './pair.ts'

const pairedKey = z
  .object({
    server: z.url().describe('Where the key is good'),
    username: z.string().describe('`@api-` and the id of the key, for Basic'),
    password: z.string().describe('The API key: shown this once'),
    user_username: z.string(),
    nickname: z.string().describe('The same for one user and site, always'),
  })
  .meta({ id: 'PairedApiKey' })

const poll = route(
  {
    method: 'POST',
    path: '/sessions/pairing_key/:key',
    summary: 'Fetch the API key of a desktop app, once its user has approved it',
    access: anyone,
    parameters: z.object({
      key: text(256).describe('Invented by the app: 8 to 64 letters, digits and hyphens'),
    }),
    sameOriginOnly: true,
    limit: 'pairing',
    replies: { 201: { description: 'The key', body: pairedKey } },
    problems: ['not-found/code-not-found', 'service-unavailable/storage-unavailable'],
  },
  async ({ parameters: { key }, ctx, request }) => {
    const { account, id, text } = await fetchPairedKey(ctx, key, request)
    const { user, site } = account
    const server = siteOrigin(site, ctx.globalOrigin)
    return {
      status: 201,
      body: {
        server,
        username: `@api-${id}`,
        password: text,
        user_username: user.username,
        nickname: `${user.username} @ ${new URL(server).hostname}`,
      },
    }
  },
)

export const pairingRoutes = [poll]
