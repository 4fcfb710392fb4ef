import { base64url } from 'jose'
import * as z from 'zod'
import { readOrNull } from '../http/read-or-null.ts'
import { hostNamesOf, hostnameNamed, originNamed } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { loadWebauthn } from './load-webauthn.ts'
import { isSecurityKey, type SecondFactorRow } from './second-factor.ts'
import { u2fRegistration, u2fSignature, verifyU2fRegistration, verifyU2fSignature } from './u2f.ts'
import type { Assertion, Registration } from './webauthn.ts'

/** A host of a site: its name is the RP ID of the keys registered there, and its origin their AppID. */
interface RelyingParty {
  rpId: string
  origin: string
  name: string
}

/** The hosts of a site, the current one first. A key works at the host where it was registered. */
export function relyingPartiesOf(
  { site }: Pick<Account, 'site'>,
  globalOrigin: URL,
): [RelyingParty, ...RelyingParty[]] {
  const [present, ...others] = hostNamesOf(site).map((name) => ({
    origin: originNamed(name, globalOrigin),
    rpId: hostnameNamed(name, globalOrigin),
    name: site.name,
  }))
  if (!present) throw new TypeError('a site has a host')
  return [present, ...others]
}

/** The relying party of a request's host; null on hosts that belong to no single site. */
export function partyAt(parties: RelyingParty[], hostname: string): RelyingParty | null {
  return parties.find(({ rpId }) => rpId === hostname) ?? null
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The options to register a key, for a browser (WebAuthn L3 §5.4) and for a U2F client. */
export async function registrationRequest(
  party: RelyingParty,
  { user }: Account,
  { factor, others }: { factor: SecondFactorRow; others: SecondFactorRow[] },
) {
  const { registrationOptions } = await loadWebauthn()
  const keys = keysAmong(others)
  // A browser accepts only the AppID of its own host.
  const enrolled = keys.find(({ appId }) => appId === party.origin)
  const { challenge } = factor
  if (challenge === null) throw new TypeError('a key that is being registered has a challenge')
  const options = await registrationOptions({
    rpName: party.name,
    rpID: party.rpId,
    userName: user.username,
    userID: userHandle(user),
    challenge,
    registered: keys.map(({ id }) => id),
    appId: enrolled ? party.origin : null,
  })
  return {
    u2f_app_id: party.origin,
    u2f_registration_requests: [{ version: 'U2F_V2', challenge, app_id: party.origin }],
    webauthn_registration_options: options,
  }
}

/** The host that a key is being registered for; null if the site has given it up. */
export function registeringParty(
  parties: RelyingParty[],
  { rpId }: SecondFactorRow,
): RelyingParty | null {
  return rpId === null ? null : partyAt(parties, rpId)
}

/** Returns what is stored of a registered key; null if the registration is invalid. @param otp JSON text */
export async function verifyRegistration(
  parties: RelyingParty[],
  factor: SecondFactorRow,
  otp: string,
): Promise<Partial<SecondFactorRow> | null> {
  const { challenge } = factor
  const party = registeringParty(parties, factor)
  if (challenge === null || !party) return null
  const sent = parsed(otp)
  const byU2f = u2fRegistration.safeParse(sent)
  if (byU2f.success) {
    const expected = { appId: party.origin, origin: party.origin, challenges: [challenge] }
    const key = await orNull(verifyU2fRegistration(byU2f.data, expected))
    if (!key || !isKeyId(key.keyHandle)) return null
    const { keyHandle: credentialId, publicKey } = key
    return {
      credentialId,
      publicKey: base64url.encode(publicKey),
      appId: party.origin,
      challenge: null,
    }
  }
  if (!isOfThisPage(sent)) return null
  const { verifyNewKey } = await loadWebauthn()
  const { origin, rpId: rpID } = party
  const key = await orNull(verifyNewKey(sent, { challenge, origin, rpID }))
  if (!key || !isKeyId(key.id)) return null
  const { id, publicKey, counter } = key
  const transports = readTransports(key.transports)
  return {
    credentialId: id,
    publicKey: base64url.encode(publicKey),
    counter,
    challenge: null,
    transports: JSON.stringify(transports),
  }
}

export interface SignRequest {
  /** The origins where the user's keys work; empty if the site has given them up. */
  security_key_origins: string[]
  webauthn_authentication_options?: Record<string, unknown>
  u2f_sign_requests?: Record<string, unknown>[]
}

/**
 * What a browser or a U2F client needs to ask for a signature, and the origins where the user's keys work; null if
 * the user has no key. A browser gets one host's keys: the request's if it has any, else another host of the
 * site, which allows this one to use them (WebAuthn L3 §5.11).
 */
export async function signRequest(
  parties: RelyingParty[],
  factors: SecondFactorRow[],
  { challenge, hostname }: { challenge: string; hostname: string },
): Promise<SignRequest | null> {
  if (!factors.some(isSecurityKey)) return null
  const here = partyAt(parties, hostname)
  const keys = keysAmong(factors).filter(({ rpId }) => partyAt(parties, rpId))
  const offer = (here ? [here, ...parties] : parties)
    .map((party) => offerOf(party, keys, here))
    .find((one) => one.keys.length > 0)
  const { authenticationOptions } = await loadWebauthn()
  const enrolled = keys.filter(({ appId }) => appId !== null)
  return {
    security_key_origins: parties
      .filter(({ rpId }) => keys.some((key) => key.rpId === rpId))
      .map(({ origin }) => origin),
    ...(offer && {
      webauthn_authentication_options: await authenticationOptions({ ...offer, challenge }),
    }),
    ...(enrolled.length > 0 && {
      u2f_sign_requests: enrolled.map(({ appId, id }) => ({
        app_id: appId,
        challenge,
        sign_request: { version: 'U2F_V2', keyHandle: id, appId, challenge },
      })),
    }),
  }
}

/**
 * The keys of one host that a browser can use. Keys enrolled by U2F work only at their own host: elsewhere the
 * browser refuses their AppID, and the other keys with it.
 */
function offerOf(party: RelyingParty, keys: StoredKey[], here: RelyingParty | null) {
  const isElsewhere = here !== null && here !== party
  const own = keys.filter(
    ({ rpId, appId }) => rpId === party.rpId && !(isElsewhere && appId !== null),
  )
  return {
    rpID: party.rpId,
    keys: own.map(({ id, transports }) => ({ id, transports })),
    appId: own.some(({ appId }) => appId === party.origin) ? party.origin : null,
  }
}

/** The user id in a discoverable key's assertion; null if there is none. */
export function userOfAssertion(otp: string): number | null {
  const handle = assertion.safeParse(parsed(otp)).data?.response.userHandle
  const text = handle ? readOrNull(() => decoder.decode(base64url.decode(handle))) : null
  const id = text !== null && /^\d{1,16}$/.test(text) ? Number(text) : 0
  return Number.isSafeInteger(id) && id > 0 ? id : null
}

interface ExpectedAssertion {
  user: Account['user']
  factors: SecondFactorRow[]
  /** The issued challenges; empty if none was issued, and then no signature is accepted. */
  challenges: string[]
  /** Whether the device must have verified its user by fingerprint, face or PIN. */
  mustVerifyUser: boolean
}

/**
 * Finds the key that signed one of the challenges.
 * @param parties the hosts at which the signature may have been requested
 * @param otp the device's answer as JSON text: an assertion, or a raw U2F signature
 * @returns the key and its new counter; null if the answer is invalid
 */
export async function verifyAssertion(
  parties: RelyingParty[],
  expected: ExpectedAssertion,
  otp: string,
): Promise<{ factor: SecondFactorRow; counter: number } | null> {
  const sent = parsed(otp)
  const byU2f = u2fSignature.safeParse(sent)
  const id = byU2f.success ? byU2f.data.keyHandle : assertion.safeParse(sent).data?.id
  const key = keysAmong(expected.factors).find((one) => one.id === id)
  const party = key && partyAt(parties, key.rpId)
  if (!key || !party) return null
  const counter = byU2f.success
    ? await counterOfU2f(party, { ...expected, key }, byU2f.data)
    : await counterOfAssertion(parties, { ...expected, key }, sent)
  const { factor } = key
  const isNewer =
    counter !== null && (counter > factor.counter || (counter === 0 && factor.counter === 0))
  return isNewer ? { factor, counter } : null
}

type ExpectedOfKey = Omit<ExpectedAssertion, 'factors'> & { key: StoredKey }

/** U2F does not verify the user and signs for an AppID, so a key without an AppID cannot have signed. */
async function counterOfU2f(
  { origin }: RelyingParty,
  { key: { publicKey, appId }, challenges, mustVerifyUser }: ExpectedOfKey,
  sent: z.infer<typeof u2fSignature>,
): Promise<number | null> {
  if (mustVerifyUser || appId === null) return null
  return orNull(verifyU2fSignature(sent, publicKey, { appId, origin, challenges }))
}

/** The page may have been at any of these hosts, because each lets the others use its keys. */
async function counterOfAssertion(
  parties: RelyingParty[],
  { user, key, challenges, mustVerifyUser }: ExpectedOfKey,
  sent: unknown,
): Promise<number | null> {
  const { response, clientExtensionResults } = assertion.parse(sent)
  const handle = response.userHandle
  if (!isOfThisPage(sent) || (handle && handle !== base64url.encode(userHandle(user)))) return null
  const { id, publicKey, rpId, appId, factor } = key
  const isByAppId = appId !== null && clientExtensionResults?.appid === true
  const { verifySignature } = await loadWebauthn()
  return orNull(
    verifySignature(sent, {
      challenges,
      origins: parties.map(({ origin }) => origin),
      mustVerifyUser,
      rpID: isByAppId ? appId : rpId,
      key: { id, publicKey, counter: factor.counter },
    }),
  )
}

const assertion = z.object({
  id: z.string(),
  response: z.object({ clientDataJSON: z.string(), userHandle: z.string().nullish() }),
  clientExtensionResults: z.object({ appid: z.boolean().optional() }).nullish(),
})

/** Refuses requests from frames of other sites (WebAuthn L3 §7.2, crossOrigin). The library checks everything else. */
function isOfThisPage(sent: unknown): sent is Registration & Assertion {
  const answer = z.object({ response: z.object({ clientDataJSON: z.string() }) }).safeParse(sent)
  if (!answer.success) return false
  try {
    const bytes = base64url.decode(answer.data.response.clientDataJSON)
    const { crossOrigin } = JSON.parse(decoder.decode(bytes))
    return crossOrigin === undefined || crossOrigin === false
  } catch {
    return false
  }
}

function userHandle({ id }: Account['user']): Uint8Array<ArrayBuffer> {
  return encoder.encode(String(id)) as Uint8Array<ArrayBuffer>
}

function parsed(text: string): unknown {
  return readOrNull(() => JSON.parse(text))
}

/** Returns null for whatever a library throws about an invalid answer. */
function orNull<Value>(work: Promise<Value>): Promise<Value | null> {
  return work.catch(() => null)
}

interface StoredKey {
  factor: SecondFactorRow
  /** Base64url. */
  id: string
  /** COSE. */
  publicKey: Uint8Array<ArrayBuffer>
  /** The host where it was registered. */
  rpId: string
  /** The AppID of a key that was enrolled by U2F; null for others. */
  appId: string | null
  /** How browsers reach it. */
  transports: string[]
}

/** WebAuthn L3 §4; §7.1 refuses ids of more than 1,023 bytes. */
const SHORTEST_ID = 16
const LONGEST_ID = 1_023

/** The values of WebAuthn L3 §5.8.4 and of later versions: browsers ignore unknown ones. */
const transports = z.array(z.string().regex(/^[a-z\d-]{1,32}$/)).max(16)

/** Returns the transports that a client sent; an empty list if they are malformed. */
function readTransports(said: unknown): string[] {
  const read = transports.safeParse(said)
  return read.success ? read.data : []
}

/** Whether a text can be a key's id in base64url. An invalid id would make browsers refuse all others. */
function isKeyId(text: string): boolean {
  const bytes = decoded(text)
  return bytes !== null && bytes.length >= SHORTEST_ID && bytes.length <= LONGEST_ID
}

/** Returns the security keys among a user's methods. A key with missing or invalid fields is left out. */
function keysAmong(factors: SecondFactorRow[]): StoredKey[] {
  return factors.flatMap((factor) => {
    const { credentialId: id, rpId, appId } = factor
    const publicKey = factor.publicKey === null ? null : decoded(factor.publicKey)
    if (!isSecurityKey(factor) || id === null || !isKeyId(id) || !publicKey || !rpId) return []
    const transports = readTransports(readOrNull(() => JSON.parse(factor.transports ?? 'null')))
    return [{ factor, id, publicKey, rpId, appId, transports }]
  })
}

/** Null if the text is not base64url in its canonical form. */
function decoded(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = readOrNull(() => base64url.decode(text) as Uint8Array<ArrayBuffer>)
  return bytes && base64url.encode(bytes) === text ? bytes : null
}
