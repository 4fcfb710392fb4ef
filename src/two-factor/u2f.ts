import { base64url } from 'jose'
import * as z from 'zod'
import { readOrNull } from '../http/read-or-null.ts'
import { isIssued } from './challenge.ts'
import { loadCertificates } from './load-webauthn.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const POINT_BYTES = 65

/** A U2F client's answer to a registration (FIDO U2F JavaScript API 1.2 §5.2). */
export const u2fRegistration = z.object({ registrationData: z.string(), clientData: z.string() })

/** A U2F client's answer to a signature request (§5.3). */
export const u2fSignature = z.object({
  keyHandle: z.string(),
  clientData: z.string(),
  signatureData: z.string(),
})

interface U2fExpected {
  /** The AppID that the key is enrolled with. */
  appId: string
  origin: string
  challenges: string[]
}

interface U2fKey {
  /** Base64url. */
  keyHandle: string
  /** COSE (RFC 9053 §7.1.1), as WebAuthn stores keys. */
  publicKey: Uint8Array<ArrayBuffer>
}

/** Verifies a registration (FIDO U2F Raw Message Formats 1.2 §4.3). @returns null if it is invalid */
export async function verifyU2fRegistration(
  response: z.infer<typeof u2fRegistration>,
  expected: U2fExpected,
): Promise<U2fKey | null> {
  const clientData = base64url.decode(response.clientData)
  if (!isClientData(clientData, 'navigator.id.finishEnrollment', expected)) return null
  const data = base64url.decode(response.registrationData)
  const handleAt = 1 + POINT_BYTES + 1
  const handleLength = data[handleAt - 1]
  if (data[0] !== 0x05 || !handleLength) return null
  const certificateAt = handleAt + handleLength
  const certificateLength = derLength(data, certificateAt)
  if (certificateLength === null) return null
  const signatureAt = certificateAt + certificateLength
  if (signatureAt >= data.length) return null
  const point = data.slice(1, 1 + POINT_BYTES)
  const keyHandle = data.slice(handleAt, certificateAt)
  const signed = concatenated([
    new Uint8Array([0]),
    await sha256(encoder.encode(expected.appId)),
    await sha256(clientData),
    keyHandle,
    point,
  ])
  const { X509Certificate } = await loadCertificates()
  const certificate = new X509Certificate(data.slice(certificateAt, signatureAt))
  const key = await certificate.publicKey.export(ECDSA, ['verify'])
  const signature = fromDer(data.slice(signatureAt))
  if (!signature || !(await crypto.subtle.verify(ECDSA, key, signature, signed))) return null
  return { keyHandle: base64url.encode(keyHandle), publicKey: coseKey(point) }
}

/**
 * Verifies a signature (§5.4).
 * @returns the key's counter; null if the signature is invalid
 */
export async function verifyU2fSignature(
  response: z.infer<typeof u2fSignature>,
  publicKey: Uint8Array,
  expected: U2fExpected,
): Promise<number | null> {
  const clientData = base64url.decode(response.clientData)
  if (!isClientData(clientData, 'navigator.id.getAssertion', expected)) return null
  const data = base64url.decode(response.signatureData)
  const [flags] = data
  const isUserPresent = flags !== undefined && (flags & 1) === 1
  const signature = fromDer(data.slice(5))
  if (!isUserPresent || !signature) return null
  const signed = concatenated([
    await sha256(encoder.encode(expected.appId)),
    data.slice(0, 5),
    await sha256(clientData),
  ])
  const key = await crypto.subtle.importKey('raw', pointOf(publicKey), ECDSA, false, ['verify'])
  if (!(await crypto.subtle.verify(ECDSA, key, signature, signed))) return null
  return new DataView(data.buffer, data.byteOffset).getUint32(1)
}

function isClientData(bytes: Uint8Array, type: string, expected: U2fExpected): boolean {
  const clientData = z
    .object({ typ: z.string(), challenge: z.string(), origin: z.string() })
    .safeParse(readOrNull(() => JSON.parse(decoder.decode(bytes))))
  if (!clientData.success) return false
  const { typ, challenge, origin } = clientData.data
  return typ === type && origin === expected.origin && isIssued(challenge, expected.challenges)
}

/** Encodes a P-256 point as COSE: kty EC2, alg ES256, crv P-256, x, y. */
function coseKey(point: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20])
  const between = new Uint8Array([0x22, 0x58, 0x20])
  return concatenated([head, point.slice(1, 33), between, point.slice(33)])
}

function pointOf(cose: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatenated([new Uint8Array([0x04]), cose.slice(10, 42), cose.slice(45, 77)])
}

/** The length of a DER sequence including its header; null if it is cut off. */
function derLength(data: Uint8Array, at: number): number | null {
  const first = data[at + 1]
  if (first === undefined) return null
  if (first < 0x80) return 2 + first
  const bytes = data.slice(at + 2, at + 2 + (first & 0x7f))
  return 2 + bytes.length + bytes.reduce((length, byte) => length * 256 + byte, 0)
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
}

function concatenated(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** The length of r and of s in a P-256 signature. */
const NUMBER_BYTES = 32

/**
 * Converts an ECDSA signature from DER, as U2F sends it (RFC 3279 §2.2.3), to the form that Web Crypto takes.
 * @returns null if it is malformed
 */
export function fromDer(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null
  const r = integerAt(der, 2)
  const s = r && integerAt(der, r.end)
  if (!r || !s || s.end !== der.length) return null
  const raw = new Uint8Array(NUMBER_BYTES * 2)
  raw.set(r.bytes, NUMBER_BYTES - r.bytes.length)
  raw.set(s.bytes, NUMBER_BYTES * 2 - s.bytes.length)
  return raw
}

function integerAt(der: Uint8Array, at: number): { bytes: Uint8Array; end: number } | null {
  const length = der[at + 1]
  if (der[at] !== 0x02 || !length) return null
  const end = at + 2 + length
  if (end > der.length) return null
  let bytes = der.subarray(at + 2, end)
  while (bytes.length > NUMBER_BYTES && bytes[0] === 0) bytes = bytes.subarray(1)
  return bytes.length <= NUMBER_BYTES ? { bytes, end } : null
}
