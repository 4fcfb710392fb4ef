import * as z from 'zod'
import { JWKS_MAX_AGE_SECONDS } from '../crypto/signing-keys.ts'
import { anyone, apiObject, route } from '../http/route.ts'

const jwks = route(
  {
    endpoint: 'GET /.well-known/jwks.json',
    base: false,
    summary: 'The public keys that verify session tokens (RFC 7517)',
    access: anyone,
    cacheSeconds: JWKS_MAX_AGE_SECONDS,
    replies: {
      200: {
        description: 'The key set',
        body: apiObject('JWKS', { keys: z.array(z.record(z.string(), z.string())) }),
      },
    },
  },
  ({ ctx: { clock, signingKeys } }) => ({
    status: 200,
    body: { keys: signingKeys.publicAt(clock()) },
  }),
)

export const tokenRoutes = [jwks]
