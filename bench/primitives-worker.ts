import { scryptSync } from 'node:crypto'
import Argon2 from '@phi-ag/argon2'
import argon2Wasm from '@phi-ag/argon2/argon2.wasm'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'

/** Set by the runner: whether the packages that the product does not use are installed. */
declare const WITH_ARGON2ID: boolean
declare const WITH_NOBLE_HASHES: boolean

/** Something to time, and how to tell that its result is correct. */
interface Subject {
  run(): unknown
  check(result: unknown): void | Promise<void>
}

/** Milliseconds for one operation, once for each round. */
type Samples = Record<string, number[]>

export interface Measured {
  hashes: Samples
  signatures: Samples
  claimsBytes: number
  memoryMiB: number
  /** Whether @phi-ag/argon2 hashes two different passwords, not ASCII, to the same value. */
  collides: boolean
}

/** As long as what the product hashes: base64url of an HMAC-SHA-256. */
const SECRET = 'latchkey'.repeat(6).slice(0, 43)
const SECRET_BYTES = new TextEncoder().encode(SECRET)
const SALT = Uint8Array.from({ length: 16 }, (_, index) => index)
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const HASH_BYTES = 32

/** Known answers for SECRET and SALT, computed by node:crypto (OpenSSL) outside of Workers. */
const ANSWERS = {
  argon2id: '23ae6e6a4bf03925dce5f7d1c22cfbf6a8eaf7a5cea4cf5c16d593f7bb11adfd',
  scrypt14: '2ee1a2d2354b791a094df3f26f00d117a893cf6be12baa5a81db01f30fb11b62',
  scrypt15: '783b62a2adab78eda6d572aa64523076eb62610ea80db83f83cc861cc8a113ab',
  pbkdf2: '0db91635b965f3a0d73715d2459fdba91cf97a35c49aeda37e257b2a416a9e62',
}

const argon2Instance = new WebAssembly.Instance(argon2Wasm)
const argon2 = new Argon2(argon2Instance)

export default {
  async fetch(): Promise<Response> {
    const claims = sessionClaims()
    const measured: Measured = {
      hashes: await measure(await hashSubjects(), { rounds: 21, repeats: 3 }),
      signatures: await measure(
        {
          ...(await signatureSubjects('ES256', claims)),
          ...(await signatureSubjects('EdDSA', claims)),
        },
        { rounds: 41, repeats: 500 },
      ),
      claimsBytes: JSON.stringify(claims).length,
      memoryMiB: (argon2Instance.exports.memory as WebAssembly.Memory).buffer.byteLength / 2 ** 20,
      collides: toHex(phiArgon2('пароль')) === toHex(phiArgon2('парень')),
    }
    return Response.json(measured)
  },
}

/**
 * Times each subject once a round, each round starting with another, so that a slow spell of the
 * machine falls on all of them. Repeats, because the clock of workerd counts whole milliseconds.
 * The first round warms up and is not counted.
 */
async function measure(
  subjects: Record<string, Subject>,
  { rounds, repeats }: { rounds: number; repeats: number },
): Promise<Samples> {
  const entries = Object.entries(subjects)
  const samples: Samples = Object.fromEntries(entries.map(([name]) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    const first = round % entries.length
    for (const [name, { run, check }] of [...entries.slice(first), ...entries.slice(0, first)]) {
      const results = []
      const start = performance.now()
      for (let repeat = 0; repeat < repeats; repeat++) results.push(await run())
      const elapsed = performance.now() - start
      for (const result of results) await check(result)
      if (round > 0) samples[name]?.push(elapsed / repeats)
    }
  }
  return samples
}

async function hashSubjects(): Promise<Record<string, Subject>> {
  const password = await crypto.subtle.importKey('raw', SECRET_BYTES, 'PBKDF2', false, [
    'deriveBits',
  ])
  const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', salt: SALT, iterations: 100_000 }
  return {
    'Argon2id, `@phi-ag/argon2`': hash(ANSWERS.argon2id, () => phiArgon2(SECRET)),
    ...(await optionalHashSubjects()),
    'scrypt N=2^14 r=16 p=1, `node:crypto`': hash(ANSWERS.scrypt14, () =>
      scryptSync(SECRET, SALT, HASH_BYTES, { N: 2 ** 14, r: 16, p: 1, maxmem: 2 ** 26 }),
    ),
    'scrypt N=2^15 r=8 p=3, `node:crypto`': hash(ANSWERS.scrypt15, () =>
      scryptSync(SECRET, SALT, HASH_BYTES, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 }),
    ),
    'PBKDF2-SHA-256, 100,000 rounds, Web Crypto': hash(ANSWERS.pbkdf2, async () => {
      return new Uint8Array(await crypto.subtle.deriveBits(pbkdf2, password, HASH_BYTES * 8))
    }),
  }
}

/** `as string` keeps the type checker from looking for packages that may be absent. */
async function optionalHashSubjects(): Promise<Record<string, Subject>> {
  const subjects: Record<string, Subject> = {}
  if (WITH_ARGON2ID) {
    const { default: setup } = await import('argon2id/lib/setup.js' as string)
    const { default: wasm } = await import('argon2id/dist/simd.wasm' as string)
    const argon2id = await setup(async (imports: WebAssembly.Imports) => ({
      instance: await WebAssembly.instantiate(wasm, imports),
    }))
    subjects['Argon2id, `argon2id`'] = hash(ANSWERS.argon2id, () =>
      argon2id({
        password: SECRET_BYTES,
        salt: SALT,
        memorySize: MEMORY_KIB,
        passes: PASSES,
        parallelism: LANES,
        tagLength: HASH_BYTES,
      }),
    )
  }
  if (WITH_NOBLE_HASHES) {
    const { argon2id } = await import('@noble/hashes/argon2.js' as string)
    subjects['Argon2id, `@noble/hashes`'] = hash(ANSWERS.argon2id, () =>
      argon2id(SECRET_BYTES, SALT, { m: MEMORY_KIB, t: PASSES, p: LANES, dkLen: HASH_BYTES }),
    )
  }
  return subjects
}

function hash(answer: string, run: () => Uint8Array | Promise<Uint8Array>): Subject {
  return {
    run,
    check(result) {
      if (toHex(result as Uint8Array) !== answer) throw new Error('a hash is not the known answer')
    },
  }
}

function phiArgon2(secret: string): Uint8Array {
  return argon2.hash(secret, {
    salt: SALT,
    hashLength: HASH_BYTES,
    memoryCost: MEMORY_KIB,
    timeCost: PASSES,
    parallelism: LANES,
  }).hash
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

async function signatureSubjects(
  alg: string,
  claims: Record<string, unknown>,
): Promise<Record<string, Subject>> {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  const sign = () => new SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey)
  const verify = async (token: string) =>
    (await jwtVerify(token, publicKey, { algorithms: [alg] })).payload
  const checkClaims = (payload: unknown) => {
    if (JSON.stringify(payload) !== JSON.stringify(claims)) throw new Error('the claims differ')
  }
  const token = await sign()
  return {
    [`${alg} sign`]: {
      run: sign,
      check: async (signed) => checkClaims(await verify(signed as string)),
    },
    [`${alg} verify`]: { run: () => verify(token), check: checkClaims },
  }
}

function sessionClaims(): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: 'https://login.example.com',
    aud: 'https://api.example.com',
    sub: '1234567890',
    sid: 9_876_543_210,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 3600,
    groups: Array.from({ length: 20 }, (_, index) => `group-${1000 + index}`),
  }
}
