import * as fc from 'fast-check'
import { base64url } from 'jose'
import { SECRET_MARK, texts } from './text-generators.ts'

/** The only origin that CORS allows at the service under fuzz. */
export const ALLOWED_ORIGIN = 'https://app.example'

export type FuzzHeader = [name: string, value: string]

/** Valid credentials at the service under fuzz. */
export interface Live {
  session: string
  token: string
  operator: string
}

/**
 * Ways to send the valid credentials, and to send them altered. A generated header names one as `<name>`, so that a
 * failure reads the same in every run.
 */
export const shownCredentials = {
  session: ({ session }: Live) => session,
  token: ({ token }: Live) => token,
  operator: ({ operator }: Live) => operator,
  'session-in-capitals': ({ session }: Live) => session.toUpperCase(),
  'session-cut': ({ session }: Live) => session.slice(0, -1),
  'session-elsewhere': ({ session }: Live) => `02${session.slice(2)}`,
  'session-nowhere': ({ session }: Live) => `ff${session.slice(2)}`,
  'token-cut': ({ token }: Live) => token.slice(0, -1),
  'token-lengthened': ({ token }: Live) => `${token}A`,
  'token-without-signature': ({ token }: Live) => token.slice(0, token.lastIndexOf('.') + 1),
  'token-without-header': ({ token }: Live) => token.slice(token.indexOf('.')),
  'token-of-alg-none': ({ token }: Live) => withHeader(token, { alg: 'none' }),
  'token-of-alg-hs256': ({ token }: Live) => withHeader(token, { alg: 'HS256' }),
  'token-of-other-kid': ({ token }: Live) => withHeader(token, { kid: '../../dev/null' }),
  'token-of-other-type': ({ token }: Live) => withHeader(token, { typ: 'JWT' }),
}

function withHeader(token: string, changes: Record<string, string>): string {
  const [header = '', payload, signature] = token.split('.')
  const decoded = JSON.parse(new TextDecoder().decode(base64url.decode(header)))
  return [base64url.encode(JSON.stringify({ ...decoded, ...changes })), payload, signature].join(
    '.',
  )
}

/** Inserts the credential that a header names. */
export function showCredential(value: string, live: Live): string {
  return value.replace(/<([a-z0-9-]+)>/, (text, name: string) =>
    Object.hasOwn(shownCredentials, name)
      ? shownCredentials[name as keyof typeof shownCredentials](live)
      : text,
  )
}

const injections = fc.constantFrom<unknown>(
  '../../../dev/null',
  "x' UNION SELECT 'key' --",
  'https://example.com/jwks.json',
  '__proto__',
  '',
  null,
  7,
  [],
  {},
)

/** Texts in the form of a JWT that are no tokens of ours. */
export const tokensOfOthers = fc
  .record({
    header: fc.oneof(
      fc.record(
        {
          alg: fc.constantFrom<unknown>('none', 'None', 'HS256', 'ES256', 'RS256', '', null, 7, {}),
          typ: fc.constantFrom<unknown>('JWT', 'latchkey-session+jwt', null, 7),
          kid: injections,
          jku: injections,
          jwk: injections,
          x5u: injections,
          crit: fc.constantFrom<unknown>(['exp'], ['b64'], [], 'exp', null),
          b64: fc.boolean(),
          zip: fc.constant('DEF'),
        },
        { requiredKeys: ['alg'] },
      ),
      fc.jsonValue({ maxDepth: 2 }),
    ),
    payload: fc.oneof(
      fc.constantFrom<unknown>({ sid: 1, exp: 1e308 }, { sid: '1', exp: 'x' }, {}, null, []),
      fc.jsonValue({ maxDepth: 2 }),
    ),
    signature: fc.uint8Array({ maxLength: 64 }),
  })
  .map(({ header, payload, signature }) =>
    [JSON.stringify(header), JSON.stringify(payload), signature]
      .map((part) => base64url.encode(part))
      .join('.'),
  )

const ascii = fc.string({ unit: fc.constantFrom(...printable()), maxLength: 24 })

function printable(): string[] {
  return Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
}

const strayCredentials = fc.oneof(
  { weight: 4, arbitrary: tokensOfOthers },
  { weight: 4, arbitrary: ascii.map((text) => SECRET_MARK + text) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '.',
      '..',
      '...',
      '0'.repeat(40),
      `01${'0'.repeat(38)}`,
      '9'.repeat(4096),
      "' OR 1=1 --",
      '@api-1',
      'null',
      `${'a.'.repeat(2000)}`,
      'eyJ'.repeat(4000),
    ),
  },
)

type Carrier = (credential: string) => FuzzHeader

const bearers: Carrier[] = [
  (credential) => ['Authorization', `Bearer ${credential}`],
  (credential) => ['AUTHORIZATION', `bEARER   ${credential}`],
]
const carriers = fc.constantFrom<Carrier>(
  ...bearers,
  (credential) => ['X-FilesAPI-Auth', credential],
  (credential) => ['x-filesapi-auth', ` ${credential} `],
)
const strayCarriers = fc.constantFrom<Carrier>(
  (credential) => ['X-FilesAPI-Key', credential],
  (credential) => ['Cookie', `__Host-latchkey=${credential}; a=b`],
  (credential) => ['Authorization', credential],
  (credential) => ['Authorization', `Basic ${base64url.encode(`${credential}:x`)}`],
  (credential) => ['Authorization', `Digest username="${credential}"`],
  (credential) => ['Authorization', `Bearer ${credential}, Bearer ${credential}`],
)

function carried(
  by: fc.Arbitrary<Carrier>,
  credential: fc.Arbitrary<string>,
): fc.Arbitrary<FuzzHeader> {
  return fc.tuple(by, credential).map(([carry, credential]) => carry(credential))
}

const named = (names: string[]) => fc.constantFrom(...names.map((name) => `<${name}>`))

/** A header with a credential: a valid one by name, an altered one, or anything else. */
export function credentialHeaders(good: (keyof Live)[]): fc.Arbitrary<FuzzHeader> {
  return fc.oneof(
    { weight: 3, arbitrary: carried(fc.constantFrom(...bearers), named(good)) },
    { weight: 2, arbitrary: carried(carriers, named(good)) },
    { weight: 3, arbitrary: carried(carriers, named(Object.keys(shownCredentials))) },
    { weight: 3, arbitrary: carried(carriers, strayCredentials) },
    { weight: 3, arbitrary: carried(strayCarriers, strayCredentials) },
  )
}

const hugeValues = fc.constantFrom('x', ';', ',', '=', '%', '\t').map((unit) => unit.repeat(8_000))

/** Valid header values, and a few invalid ones. The runtime warns about each one beyond ASCII. */
const values = fc.oneof(
  { weight: 8, arbitrary: ascii },
  { weight: 2, arbitrary: hugeValues },
  { weight: 2, arbitrary: texts.map((text) => text.replaceAll(/[^\0-\x7e]/g, '?')) },
)

/** Headers without credentials. */
export const otherHeaders: fc.Arbitrary<FuzzHeader> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom<FuzzHeader>(
      ['Accept-Language', 'de-CH, de;q=0.9, en;q=0.8, *;q=0.5'],
      ['Accept-Language', 'en;q=NaN,,;;=,x-default;q=-1'],
      ['Accept', 'text/html'],
      ['User-Agent', 'Files.com Python SDK v1.0.0'],
      ['User-Agent', ''],
      ['CF-Connecting-IP', '203.0.113.7'],
      ['CF-Connecting-IP', '::ffff:203.0.113.7'],
      ['CF-Connecting-IP', "1'; DROP TABLE users; --"],
      ['X-Forwarded-Proto', 'http'],
      ['X-HTTP-Method-Override', 'DELETE'],
      ['Content-Encoding', 'gzip'],
      ['Content-Length', '-1'],
      ['Expect', '100-continue'],
      ['Origin', ALLOWED_ORIGIN],
      ['Origin', `${ALLOWED_ORIGIN}.example`],
      ['Origin', 'null'],
      ['Access-Control-Request-Method', 'DELETE'],
      ['Access-Control-Request-Headers', 'x-anything, authorization'],
      ['Sec-Fetch-Site', 'cross-site'],
      ['Range', 'bytes=0-0'],
      ['If-None-Match', '*'],
      ['Upgrade', 'websocket'],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom('Accept-Language', 'User-Agent', 'Cookie', 'CF-Connecting-IP', 'Origin', 'X'),
      values,
    ),
  },
)
