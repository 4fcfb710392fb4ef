import { base64url } from 'jose'

/**
 * Takes the statement about its maker off a registration. None is asked for and none would be
 * trusted, but some devices send one even so, of any format (WebAuthn L3 §8); it says nothing of
 * whether the key is the user's.
 * @param attestationObject CBOR, as base64url
 * @throws for what is no attestation object
 */
export async function unattested(attestationObject: string): Promise<string> {
  const { decodeAttestationObject, isoCBOR } = await import('@simplewebauthn/server/helpers')
  const bytes = base64url.decode(attestationObject) as Uint8Array<ArrayBuffer>
  const authData = decodeAttestationObject(bytes).get('authData')
  const statement = new Map<string, string | Uint8Array | Map<string, never>>([
    ['fmt', 'none'],
    ['attStmt', new Map<string, never>()],
    ['authData', authData],
  ])
  return base64url.encode(isoCBOR.encode(statement))
}
