import * as z from 'zod'
import { anyone, route } from '../platform/route.ts'
import type { SigningKeys } from './signing-keys.ts'

/** How long a verifier may keep the key set: rotation waits longer than this (docs/operations.md). */
export const JWKS_MAX_AGE_SECONDS = 300

const jwks = route<{ signingKeys: SigningKeys }>()(
  {
    method: 'GET',
    path: '/.well-known/jwks.json',
    base: false,
    summary: 'The public keys that session tokens are signed with (RFC 7517)',
    access: anyone,
    parameters: z.object({}),
    cacheSeconds: JWKS_MAX_AGE_SECONDS,
    replies: {
      200: {
        description: 'The key set',
        body: z.object({ keys: z.array(z.record(z.string(), z.string())) }).meta({ id: 'JWKS' }),
      },
    },
    problems: [],
  },
  ({ services }) => ({
    status: 200,
    body: { keys: services.signingKeys.publicJwks },
  }),
)

export const tokenRoutes = [jwks]
