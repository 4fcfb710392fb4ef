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
