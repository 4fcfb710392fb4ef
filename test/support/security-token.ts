import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { base64url } from 'jose'

const encoder = new TextEncoder()
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A security key in software, with U2F's raw messages and with WebAuthn's. */
export class SecurityToken {
  counter = 0
  readonly #pair: CryptoKeyPair
  readonly #handle: Uint8Array<ArrayBuffer>

  private constructor(pair: CryptoKeyPair, handleBytes: number) {
    this.#pair = pair
    this.#handle = crypto.getRandomValues(new Uint8Array(handleBytes))
  }

  /** @param handleBytes the length of its credential ID */
  static async make(handleBytes = 32): Promise<SecurityToken> {
    const pair = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])
    return new SecurityToken(pair as CryptoKeyPair, handleBytes)
  }

  get id(): string {
    return base64url.encode(this.#handle)
  }

  /** Its private key, in the form of browsers' virtual authenticators. */
  async pkcs8(): Promise<Uint8Array> {
    const exported = await crypto.subtle.exportKey('pkcs8', this.#pair.privateKey)
    return new Uint8Array(exported as ArrayBuffer)
  }

  /** What a U2F client sends after the registration of this key. */
  async register(asked: { appId: string; challenge: string; origin?: string }): Promise<string> {
    const clientData = u2fClientData('navigator.id.finishEnrollment', asked)
    const point = await this.#point()
    const attesting = (await crypto.subtle.generateKey(ECDSA, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Token',
      keys: attesting,
      signingAlgorithm: ECDSA,
    })
    const signed = joined([
      new Uint8Array([0]),
      await sha256(encoder.encode(asked.appId)),
      await sha256(clientData),
      this.#handle,
      point,
    ])
    const signature = await derSignature(attesting.privateKey, signed)
    const registrationData = joined([
      new Uint8Array([5]),
      point,
      new Uint8Array([this.#handle.length]),
      this.#handle,
      new Uint8Array(certificate.rawData),
      signature,
    ])
    return JSON.stringify({
      registrationData: base64url.encode(registrationData),
      clientData: base64url.encode(clientData),
      version: 'U2F_V2',
    })
  }

  /** What a U2F client sends after this key has signed. */
  async sign(asked: { appId: string; challenge: string; origin?: string }): Promise<string> {
    const clientData = u2fClientData('navigator.id.getAssertion', asked)
    const head = new Uint8Array(5)
    head[0] = 1
    new DataView(head.buffer).setUint32(1, ++this.counter)
    const appId = await sha256(encoder.encode(asked.appId))
    const signed = joined([appId, head, await sha256(clientData)])
    const signature = await derSignature(this.#pair.privateKey, signed)
    return JSON.stringify({
      keyHandle: this.id,
      clientData: base64url.encode(clientData),
      signatureData: base64url.encode(joined([head, signature])),
    })
  }

  /** What a browser sends after the registration of this key, without an attestation (WebAuthn L3 §7.1). */
  async create(asked: {
    rpId: string
    challenge: string
    origin: string
    /** The transports that the browser reports; left out unless given. */
    transports?: unknown
    /** Instead of the key's own. */
    credentialId?: Uint8Array
  }): Promise<string> {
    const { rpId, challenge, origin, credentialId = this.#handle } = asked
    const clientData = { type: 'webauthn.create', challenge, origin, crossOrigin: false }
    const point = await this.#point()
    const { length } = credentialId
    const authenticatorData = joined([
      await sha256(encoder.encode(rpId)),
      // User present, user verified, attested credential data.
      new Uint8Array([0x45, 0, 0, 0, 0]),
      new Uint8Array(16),
      new Uint8Array([length >> 8, length & 0xff]),
      credentialId,
      new Uint8Array([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
      point.slice(1, 33),
      new Uint8Array([0x22, 0x58, 0x20]),
      point.slice(33),
    ])
    const size = authenticatorData.length
    const attestation = joined([
      new Uint8Array([0xa3, 0x63]),
      encoder.encode('fmt'),
      new Uint8Array([0x64]),
      encoder.encode('none'),
      new Uint8Array([0x67]),
      encoder.encode('attStmt'),
      new Uint8Array([0xa0, 0x68]),
      encoder.encode('authData'),
      new Uint8Array([0x59, size >> 8, size & 0xff]),
      authenticatorData,
    ])
    const id = base64url.encode(credentialId)
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url.encode(encoder.encode(JSON.stringify(clientData))),
        attestationObject: base64url.encode(attestation),
        ...('transports' in asked && { transports: asked.transports }),
      },
    })
  }

  /** What a browser sends after this key has signed; with `appid`, for the AppID that it was enrolled with. */
  async assert(asked: {
    rpId: string
    challenge: string
    origin: string
    appid?: true
    crossOrigin?: true
    userHandle?: string
    flags?: number
    type?: string
  }): Promise<string> {
    const { rpId, challenge, origin, appid, crossOrigin = false, flags = 1 } = asked
    const type = asked.type ?? 'webauthn.get'
    const clientData = encoder.encode(JSON.stringify({ type, challenge, origin, crossOrigin }))
    const authenticatorData = new Uint8Array(37)
    authenticatorData.set(await sha256(encoder.encode(rpId)))
    authenticatorData[32] = flags
    new DataView(authenticatorData.buffer).setUint32(33, ++this.counter)
    const signed = joined([authenticatorData, await sha256(clientData)])
    return JSON.stringify({
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      clientExtensionResults: appid ? { appid } : {},
      response: {
        clientDataJSON: base64url.encode(clientData),
        authenticatorData: base64url.encode(authenticatorData),
        signature: base64url.encode(await derSignature(this.#pair.privateKey, signed)),
        ...(asked.userHandle && { userHandle: asked.userHandle }),
      },
    })
  }

  async #point(): Promise<Uint8Array> {
    return new Uint8Array(
      (await crypto.subtle.exportKey('raw', this.#pair.publicKey)) as ArrayBuffer,
    )
  }
}

function u2fClientData(
  typ: string,
  { appId, challenge, origin = appId }: { appId: string; challenge: string; origin?: string },
): Uint8Array {
  return encoder.encode(JSON.stringify({ typ, challenge, origin }))
}

async function derSignature(key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  const raw = new Uint8Array(await crypto.subtle.sign(ECDSA, key, data as Uint8Array<ArrayBuffer>))
  const integers = [raw.slice(0, 32), raw.slice(32)].map((number) => {
    const start = number.findIndex((byte) => byte !== 0)
    const short = number.slice(start)
    const bytes = (short[0] ?? 0) > 0x7f ? joined([new Uint8Array([0]), short]) : short
    return joined([new Uint8Array([2, bytes.length]), bytes])
  })
  const body = joined(integers)
  return joined([new Uint8Array([0x30, body.length]), body])
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
}

function joined(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}
