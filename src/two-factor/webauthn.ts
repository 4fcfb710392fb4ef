import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { decodeAttestationObject, isoCBOR } from '@simplewebauthn/server/helpers'
import { base64url } from 'jose'
import { isIssued } from './challenge.ts'

/**
 * Wraps the WebAuthn library. Import this file dynamically, because the library takes long to evaluate. It is
 * imported by name, so that the bundle contains only what is used.
 */

const TIMEOUT_MS = 300_000

/** The accepted COSE algorithms: ES256, EdDSA, RS256. */
const ALGORITHMS = [-7, -8, -257]

/** Returns the registration options of WebAuthn L3 §5.4. */
export async function registrationOptions(input: {
  rpName: string
  rpID: string
  userName: string
  userID: Uint8Array<ArrayBuffer>
  /** Base64url. */
  challenge: string
  /** The ids of registered keys, base64url. */
  registered: string[]
  /** For keys that were enrolled by U2F. */
  appId: string | null
}): Promise<Record<string, unknown>> {
  const { rpName, rpID, userName, userID, challenge, registered, appId } = input
  const options = await generateRegistrationOptions({
    // Some browsers and password managers hide keys whose RP name is empty.
    rpName,
    rpID,
    userName,
    userID,
    userDisplayName: userName,
    challenge: bytesOf(challenge),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: registered.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: ALGORITHMS,
    extensions: appId === null ? {} : ({ appidExclude: appId } as object),
  })
  return { ...options }
}

/** Returns the authentication options of §5.5. */
export async function authenticationOptions(input: {
  rpID: string
  /** Base64url. */
  challenge: string
  keys: { id: string; transports: string[] }[]
  /** For keys that were enrolled by U2F. */
  appId: string | null
}): Promise<Record<string, unknown>> {
  const { rpID, challenge, keys, appId } = input
  const options = await generateAuthenticationOptions({
    rpID,
    challenge: bytesOf(challenge),
    timeout: TIMEOUT_MS,
    userVerification: 'preferred',
    // The library knows today's transports; browsers accept any (WebAuthn L3 §5.8.4).
    allowCredentials: keys as { id: string; transports: [] }[],
    extensions: appId === null ? {} : { appid: appId },
  })
  return { ...options }
}

export type Registration = Parameters<typeof verifyRegistrationResponse>[0]['response']

/** Verifies a registration by §7.1. @throws if it is invalid */
export async function verifyNewKey(
  response: Registration,
  expected: { challenge: string; origin: string; rpID: string },
) {
  const attestationObject = unattested(response.response.attestationObject)
  const verified = await verifyRegistrationResponse({
    response: { ...response, response: { ...response.response, attestationObject } },
    expectedChallenge: (challenge) => isIssued(challenge, [expected.challenge]),
    expectedOrigin: expected.origin,
    expectedRPID: expected.rpID,
    requireUserVerification: false,
    supportedAlgorithmIDs: ALGORITHMS,
  })
  return verified.verified ? verified.registrationInfo.credential : null
}

/**
 * Removes the attestation statement from a registration. It is neither requested nor trusted, but some devices send
 * one in some format (§8), and it says nothing about the key's owner.
 */
function unattested(attestationObject: string): string {
  const authData = decodeAttestationObject(bytesOf(attestationObject)).get('authData')
  const statement = new Map<string, string | Uint8Array | Map<string, never>>([
    ['fmt', 'none'],
    ['attStmt', new Map<string, never>()],
    ['authData', authData],
  ])
  return base64url.encode(isoCBOR.encode(statement))
}

export type Assertion = Parameters<typeof verifyAuthenticationResponse>[0]['response']

/** Verifies an assertion by §7.2. @returns the key's counter; null if it is invalid @throws if it is malformed */
export async function verifySignature(
  response: Assertion,
  expected: {
    challenges: string[]
    origins: string[]
    /** The RP ID or the AppID that the key signed for. */
    rpID: string
    key: { id: string; publicKey: Uint8Array<ArrayBuffer>; counter: number }
    mustVerifyUser: boolean
  },
): Promise<number | null> {
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (challenge) => isIssued(challenge, expected.challenges),
    expectedOrigin: expected.origins,
    expectedRPID: expected.rpID,
    credential: expected.key,
    requireUserVerification: expected.mustVerifyUser,
  })
  return verified.verified ? verified.authenticationInfo.newCounter : null
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return base64url.decode(text) as Uint8Array<ArrayBuffer>
}
