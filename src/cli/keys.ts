import { randomBytes, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import type { SigningJwk } from '../crypto/signing-keys.ts'

/** Returns new secrets for the Worker: name → text for `wrangler secret put` and env files. */
export async function makeKeys(): Promise<Record<string, string>> {
  return {
    SIGNING_KEYS: JSON.stringify([await makeSigningKey(Date.now())]),
    PASSWORD_PEPPERS: JSON.stringify({ 1: randomKey() }),
    SEALING_KEYS: JSON.stringify({ 1: randomKey() }),
    STORED_SECRET_KEYS: JSON.stringify({ 1: randomKey() }),
    NAME_DIGEST_KEY: randomKey(),
    DIRECTORY_KEY: randomKey(),
    OPERATOR_TOKEN: randomKey(),
  }
}

/** @param signsFrom milliseconds since the Unix epoch */
export async function makeSigningKey(signsFrom: number): Promise<SigningJwk> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const signing = { kid: randomUUID(), signs_from: new Date(signsFrom).toISOString() }
  return { ...(await exportJWK(privateKey)), ...signing } as SigningJwk
}

export function randomKey(): string {
  return randomBytes(32).toString('base64url')
}

/** Returns the secrets as an env file. */
export function asEnvFile(keys: Record<string, string>): string {
  return Object.entries(keys)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('')
}
