import { describe, expect, it } from 'vitest'
import type { SecondFactorRow } from '../../src/two-factor/second-factor.ts'
import { verifyAssertion, verifyRegistration } from '../../src/two-factor/security-key.ts'
import vectors from './webauthn-vectors.json' with { type: 'json' }

const PARTY = { rpId: 'example.org', origin: 'https://example.org', name: 'Example' }

/** Vectors that this service refuses: algorithms that it does not offer, and frames. */
const REFUSED = [
  'ES256 Credential with "crossOrigin": true in clientDataJSON',
  'ES256 Credential with "topOrigin" in clientDataJSON',
  'Packed Attestation with ES384 Credential',
  'Packed Attestation with ES512 Credential',
  'Packed Attestation with Ed448 Credential',
]

type Vector = (typeof vectors)[number]

function answerOf({ id }: Vector, response: object): string {
  const answer = { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
  return JSON.stringify(answer)
}

function register(vector: Vector, by = PARTY): Promise<Partial<SecondFactorRow> | null> {
  const { challenge, ...response } = vector.registration
  const factor = { challenge, rpId: by.rpId } as SecondFactorRow
  return verifyRegistration([by], factor, answerOf(vector, response))
}

function assert(vector: Vector, key: Partial<SecondFactorRow>, by = PARTY) {
  const { challenge, ...response } = vector.authentication
  const factor = { method: 'webauthn', appId: null, ...key, rpId: by.rpId } as SecondFactorRow
  const asked = { challenges: [challenge], mustVerifyUser: false }
  const of = { user: { id: 1 } as never, factors: [factor], ...asked }
  return verifyAssertion([by], of, answerOf(vector, response))
}

/** The last character has bits that decoding may drop; the one before does not. */
function changed(text: string): string {
  const at = text.length - 2
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

describe('The test vectors of WebAuthn Level 3, section 16', () => {
  it.each(vectors)('$name', async (vector) => {
    const key = await register(vector)
    if (REFUSED.includes(vector.name)) {
      expect(key).toBeNull()
      return
    }
    expect(key).toMatchObject({ credentialId: vector.id, counter: 0 })
    expect(await assert(vector, key ?? {})).toMatchObject({ counter: 0 })
  })

  it.each(vectors.filter(({ name }) => !REFUSED.includes(name)))(
    '$name: a changed field is refused',
    async (vector) => {
      const elsewhere = { ...PARTY, rpId: 'example.com' }
      const key = (await register(vector)) ?? {}
      expect(await register(vector, elsewhere)).toBeNull()
      expect(await register(vector, { ...PARTY, origin: 'https://example.com' })).toBeNull()
      expect(await assert(vector, key, elsewhere)).toBeNull()
      const { authentication } = vector
      for (const field of ['signature', 'authenticatorData', 'clientDataJSON'] as const) {
        const forged = { ...authentication, [field]: changed(authentication[field]) }
        expect(await assert({ ...vector, authentication: forged }, key), field).toBeNull()
      }
      const challenge = changed(authentication.challenge)
      const other = { ...authentication, challenge }
      expect(await assert({ ...vector, authentication: other }, key)).toBeNull()
    },
  )
})
