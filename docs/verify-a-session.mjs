// Verifies a session token offline, as a file server would: no request to Latchkey but for its public
// keys, which are fetched once and kept.
//
//   echo "$TOKEN" | node docs/verify-a-session.mjs https://latchkey.example.com
import { text } from 'node:stream/consumers'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const issuer = new URL(process.argv[2]).origin
const publicKeys = createRemoteJWKSet(new URL('/.well-known/jwks.json', issuer))
const token = (await text(process.stdin)).trim()

try {
  const { payload } = await jwtVerify(token, publicKeys, {
    algorithms: ['ES256'],
    typ: 'latchkey-session+jwt',
    issuer,
    audience: 'latchkey-session',
    maxTokenAge: '15 minutes',
    requiredClaims: ['exp', 'sub', 'sid', 'site'],
  })
  process.stdout.write(`user ${payload.sub}, site ${payload.site}, session ${payload.sid}\n`)
} catch (error) {
  process.stderr.write(`refused: ${error.message}\n`)
  process.exitCode = 1
}
