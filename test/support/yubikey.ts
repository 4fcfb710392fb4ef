import { createCipheriv, createDecipheriv } from 'node:crypto'

type Fields = Record<string, string>

const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))

const MODHEX = 'cbdefghijklnrtuv'

export function modhex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `${MODHEX[byte >> 4]}${MODHEX[byte & 15]}`).join('')
}

export function fromModhex(text: string): Uint8Array {
  const digits = [...text].map((char) => MODHEX.indexOf(char))
  return new Uint8Array(digits.length / 2).map(
    (_, nth) => ((digits[nth * 2] ?? 0) << 4) | (digits[nth * 2 + 1] ?? 0),
  )
}

/** The CRC of ISO 13239 that Yubikey passwords end with. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1
  }
  return crc
}

/** The fields that a Yubikey encrypts. */
export function decrypted(aesKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createDecipheriv('aes-128-ecb', aesKey, null).setAutoPadding(false).update(bytes)
}

/** A Yubikey, which types encrypted counters. */
export class Yubikey {
  readonly publicId = modhex(randomBytes(6))
  readonly aesKey = randomBytes(16)
  readonly privateId = randomBytes(6)
  session = 1
  #use = 0

  touch(): string {
    const plain = new Uint8Array(16)
    plain.set(this.privateId)
    const fields = new DataView(plain.buffer)
    fields.setUint16(6, this.session, true)
    fields.setUint8(11, this.#use++)
    plain.set(randomBytes(2), 12)
    fields.setUint16(14, 0xffff - crc16(plain.subarray(0, 14)), true)
    const cipher = createCipheriv('aes-128-ecb', this.aesKey, null).setAutoPadding(false)
    return this.publicId + modhex(cipher.update(plain))
  }
}

/** A validation server of protocol 2.0, which decrypts, counts and signs. Its replies can be corrupted. */
export class ValidationServer {
  readonly clientId = '1'
  readonly apiKey = 'EHmo8FMxuhumBlTinC4uYL0Mgwg='
  /** Every request that arrived. */
  readonly asked: URLSearchParams[] = []
  spoil: (reply: Fields) => Fields | Response | Promise<Fields> = (reply) => reply
  readonly #keys: Yubikey[]
  readonly #seen = new Map<string, number>()

  constructor(...keys: Yubikey[]) {
    this.#keys = keys
  }

  async answer(url: URL): Promise<Response> {
    const query = url.searchParams
    this.asked.push(query)
    const reply = await this.#judge(query)
    const spoilt = await this.spoil({ ...reply, h: await this.sign(reply) })
    if (spoilt instanceof Response) return spoilt
    const lines = Object.entries(spoilt).map(([name, value]) => `${name}=${value}\r\n`)
    return new Response(lines.join(''))
  }

  async sign(fields: Fields): Promise<string> {
    const text = Object.entries(fields)
      .filter(([name]) => name !== 'h')
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join('&')
    const bytes = Uint8Array.from(atob(this.apiKey), (char) => char.charCodeAt(0))
    const hmac = { name: 'HMAC', hash: 'SHA-1' }
    const key = await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign'])
    const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
    return btoa(String.fromCharCode(...new Uint8Array(mac)))
  }

  async #judge(query: URLSearchParams): Promise<Fields> {
    const { h, ...sent } = Object.fromEntries(query)
    const { otp = '', nonce = '' } = sent
    const reply = { t: new Date().toISOString(), otp, nonce }
    if (h !== (await this.sign(sent))) return { ...reply, status: 'BAD_SIGNATURE' }
    if (sent.id !== this.clientId) return { ...reply, status: 'NO_SUCH_CLIENT' }
    const key = this.#keys.find(({ publicId }) => otp.startsWith(publicId))
    const plain = key && this.#decrypt(key, otp)
    if (!plain) return { ...reply, status: 'BAD_OTP' }
    const session = (plain[6] ?? 0) + (plain[7] ?? 0) * 256
    const use = plain[11] ?? 0
    const counter = session * 256 + use
    if (counter <= (this.#seen.get(otp.slice(0, 12)) ?? -1))
      return { ...reply, status: 'REPLAYED_OTP' }
    this.#seen.set(otp.slice(0, 12), counter)
    const counted = { sessioncounter: String(session), sessionuse: String(use), sl: '100' }
    return { ...reply, timestamp: '1', ...counted, status: 'OK' }
  }

  #decrypt(key: Yubikey, otp: string): Uint8Array | null {
    const plain = decrypted(key.aesKey, fromModhex(otp.slice(12)))
    const isRight =
      crc16(plain) === 0xf0b8 && key.privateId.every((byte, nth) => byte === plain[nth])
    return isRight ? plain : null
  }
}
