import * as z from 'zod'
import { constantTimeEqual, randomHex } from '../crypto/digests.ts'
import { Problem } from '../http/problem.ts'
import { SECOND } from '../storage/clock.ts'
import { readTypedCode } from './typed-code.ts'

const DEADLINE_MS = 5 * SECOND
const LONGEST_REPLY = 4_096

/** The characters that a Yubikey types, which are the same on every keyboard layout. */
const MODHEX = 'cbdefghijklnrtuv'
const ENCRYPTED = 32
const PUBLIC_ID = 12

const encoder = new TextEncoder()

const count = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)

/** The reply to an accepted password. All fields must be there. */
const accepted = z.object({
  status: z.literal('OK'),
  otp: z.string(),
  nonce: z.string(),
  sessioncounter: count,
  sessionuse: count,
})

/** The validation server for Yubikey passwords, and our account there. */
export interface YubicoService {
  /** Set by the operator, such as https://api.yubico.com/wsapi/2.0/verify. */
  url: URL
  clientId: string
  /** Signs requests and verifies replies. */
  key: CryptoKey
}

/** @param apiKey base64, as Yubico shows it */
export async function importYubicoKey(apiKey: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(apiKey), (char) => char.charCodeAt(0))
  if (bytes.length < 16) throw new TypeError('an API key has 16 bytes or more')
  const hmac = { name: 'HMAC', hash: 'SHA-1' }
  return crypto.subtle.importKey('raw', bytes, hmac, false, ['sign'])
}

/** Reads a Yubikey password as it was typed, in lower case; null if it is none. */
export function readYubikeyOtp(typed: string): { otp: string; publicId: string } | null {
  const otp = readTypedCode(typed).toLowerCase()
  const isModhex = [...otp].every((char) => MODHEX.includes(char))
  if (!isModhex || otp.length !== PUBLIC_ID + ENCRYPTED) return null
  return { otp, publicId: otp.slice(0, PUBLIC_ID) }
}

/** A client of the validation protocol, version 2.0. It lives for one request and asks about each password once. */
export class YubicoValidator {
  readonly #service: YubicoService
  readonly #validations = new Map<string, Promise<number | null>>()

  constructor(service: YubicoService) {
    this.#service = service
  }

  /**
   * Returns a Yubikey's counter, which rises with every password; null if the password is refused.
   * @throws {Problem} second-factor-unavailable if the server sends no authentic reply
   */
  counterOf(otp: string): Promise<number | null> {
    const validation = this.#validations.get(otp) ?? this.#ask(otp)
    this.#validations.set(otp, validation)
    return validation
  }

  async #ask(otp: string): Promise<number | null> {
    const nonce = randomHex(16)
    const sent = { id: this.#service.clientId, nonce, otp, timestamp: '1' }
    const url = new URL(this.#service.url)
    url.search = new URLSearchParams({ ...sent, h: await this.#signature(sent) }).toString()
    const { h, ...reply } = await this.#fetch(url)
    const expected = encoder.encode(await this.#signature(reply))
    if (h === undefined || !constantTimeEqual(encoder.encode(h), expected))
      throw unavailable('a forged reply')
    if (reply.status === 'BACKEND_ERROR' || reply.status === 'NOT_ENOUGH_ANSWERS')
      throw unavailable(`the server answered ${reply.status}`)
    const { data } = accepted.safeParse(reply)
    if (data?.otp !== otp || data.nonce !== nonce) return null
    return data.sessioncounter * 256 + data.sessionuse
  }

  async #fetch(url: URL): Promise<Record<string, string>> {
    try {
      const reply = await fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.timeout(DEADLINE_MS),
      })
      if (!reply.ok) throw new Error(`the server answered ${reply.status}`)
      return fieldsOf((await reply.text()).slice(0, LONGEST_REPLY))
    } catch (error) {
      throw unavailable(error instanceof Error ? error.message : String(error))
    }
  }

  /** HMAC over the sorted fields, base64. */
  async #signature(fields: Record<string, string>): Promise<string> {
    const text = Object.entries(fields)
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join('&')
    const mac = await crypto.subtle.sign('HMAC', this.#service.key, encoder.encode(text))
    return btoa(String.fromCharCode(...new Uint8Array(mac)))
  }
}

/** Reads lines of `name=value`. Values may contain `=`. */
function fieldsOf(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes('='))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

function unavailable(reason: string): Problem {
  return new Problem('service-unavailable/second-factor-unavailable', {
    reason,
    headers: { 'Retry-After': '10' },
  })
}
