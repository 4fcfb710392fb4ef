import { exportJWK, generateKeyPair } from 'jose'
import type { SigningJwk } from '../../src/crypto/signing-keys.ts'

/** A new private key in the form of the secret SIGNING_KEYS. */
export async function newSigningKey(signsFrom: number): Promise<SigningJwk> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const signing = { kid: crypto.randomUUID(), signs_from: new Date(signsFrom).toISOString() }
  return { ...(await exportJWK(privateKey)), ...signing } as SigningJwk
}
