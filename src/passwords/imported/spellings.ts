import { decodeBase64 as decodeBcrypt } from 'bcryptjs'
import { valueOfDigit } from './crypt.ts'
import type { Costs } from './methods.ts'

/** The parts of a text, before they are checked. */
interface Spelled {
  method: string
  costs: Costs
  salt: Uint8Array | null
  digest: Uint8Array | null
}

/** A notation for hashes, with its parts as named groups: `hash`, `salt`, `digest`, and costs. */
interface Spelling {
  form: RegExp
  /** The group `hash`, if there is one, is appended. */
  method: string
  salt: Decode
  digest: Decode
}

type Decode = (text: string) => Uint8Array | null

const bcryptBase64: Decode = (text) =>
  Uint8Array.from(decodeBcrypt(text, Math.floor((text.length * 3) / 4)))

/** With or without padding, and with passlib's `.` for `+`. */
const base64: Decode = (text) => {
  const unpadded = text.replace(/={1,2}$/, '').replaceAll('.', '+')
  if (!/^[A-Za-z0-9+/]*$/.test(unpadded) || unpadded.length % 4 === 1) return null
  return Uint8Array.from(atob(unpadded), (byte) => byte.charCodeAt(0))
}

const hex: Decode = (text) => {
  if (!/^([0-9a-f]{2})+$/i.test(text)) return null
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

/** A salt whose characters are hashed as they are. */
const characters: Decode = (text) => new TextEncoder().encode(text)

const spellings: readonly Spelling[] = [
  {
    // crypt(3), PHP; OpenLDAP and Spring Security; Django
    form: /^(?:\{(?:CRYPT|bcrypt)\}|bcrypt\$)?\$2[aby]\$(?<c>\d\d)\$(?<salt>[./A-Za-z0-9]{22})(?<digest>[./A-Za-z0-9]{31})$/,
    method: 'bcrypt',
    salt: bcryptBase64,
    digest: bcryptBase64,
  },
  {
    // WordPress since 6.8
    form: /^\$wp\$2y\$(?<c>\d\d)\$(?<salt>[./A-Za-z0-9]{22})(?<digest>[./A-Za-z0-9]{31})$/,
    method: 'wordpress-bcrypt',
    salt: bcryptBase64,
    digest: bcryptBase64,
  },
  {
    // passlib; PHC string format
    form: /^\$pbkdf2-(?<hash>sha\d+)\$(?:i=)?(?<i>\d+)(?:,l=\d+)?\$(?<salt>[^$]*)\$(?<digest>[^$]+)$/,
    method: 'pbkdf2-',
    salt: base64,
    digest: base64,
  },
  {
    // passlib, OpenLDAP
    form: /^(?:\$pbkdf2\$|\{PBKDF2\})(?<i>\d+)\$(?<salt>[^$]*)\$(?<digest>[^$]+)$/,
    method: 'pbkdf2-sha1',
    salt: base64,
    digest: base64,
  },
  {
    // OpenLDAP
    form: /^\{PBKDF2-(?<hash>SHA\d+)\}(?<i>\d+)\$(?<salt>[^$]*)\$(?<digest>[^$]+)$/,
    method: 'pbkdf2-',
    salt: base64,
    digest: base64,
  },
  {
    // Django
    form: /^pbkdf2_(?<hash>sha\d+)\$(?<i>\d+)\$(?<salt>[^$]+)\$(?<digest>[^$]+)$/,
    method: 'pbkdf2-',
    salt: characters,
    digest: base64,
  },
  {
    // Werkzeug
    form: /^pbkdf2:(?<hash>sha\d+):(?<i>\d+)\$(?<salt>[^$]+)\$(?<digest>[^$]+)$/,
    method: 'pbkdf2-',
    salt: characters,
    digest: hex,
  },
  {
    // PHC string format, passlib
    form: /^\$scrypt\$ln=(?<ln>\d{1,2}),r=(?<r>\d+),p=(?<p>\d+)\$(?<salt>[^$]*)\$(?<digest>[^$]+)$/,
    method: 'scrypt',
    salt: base64,
    digest: base64,
  },
  {
    // Django
    form: /^scrypt\$(?<n>\d+)\$(?<salt>[^$]+)\$(?<r>\d+)\$(?<p>\d+)\$(?<digest>[^$]+)$/,
    method: 'scrypt',
    salt: characters,
    digest: base64,
  },
  {
    // Werkzeug
    form: /^scrypt:(?<n>\d+):(?<r>\d+):(?<p>\d+)\$(?<salt>[^$]+)\$(?<digest>[^$]+)$/,
    method: 'scrypt',
    salt: characters,
    digest: hex,
  },
  {
    // PHC string format, PHP; OpenLDAP; Django
    form: /^(?:\{ARGON2\}|argon2)?\$argon2id\$v=19\$m=(?<m>\d+),t=(?<t>\d+),p=(?<p>\d+)\$(?<salt>[^$]+)\$(?<digest>[^$]+)$/,
    method: 'argon2id',
    salt: base64,
    digest: base64,
  },
]

/** LDAP's names for a hash over password and salt (RFC 2307, OpenLDAP's pw-sha2), and their lengths in bytes. */
const plainHashes: Record<string, { method: string; length: number }> = {
  MD5: { method: 'md5', length: 16 },
  SHA: { method: 'sha1', length: 20 },
  SHA256: { method: 'sha256', length: 32 },
  SHA512: { method: 'sha512', length: 64 },
}

/** Reads a hash in another system's notation (the table is in docs/operations.md); null for anything else. */
export function readSpelling(text: string): Spelled | null {
  for (const { form, method, salt, digest } of spellings) {
    const groups = form.exec(text)?.groups
    if (groups?.salt === undefined || groups.digest === undefined) continue
    return {
      method: groups.hash === undefined ? method : method + groups.hash.toLowerCase(),
      costs: costsIn(groups),
      salt: salt(groups.salt),
      digest: digest(groups.digest),
    }
  }
  return readCrypt(text) ?? readFirebase(text) ?? readLdapHash(text)
}

function costsIn({ ln, hash, salt, digest, ...costs }: Record<string, string>): Costs {
  const numbers = Object.entries(costs).map(([name, value]) => [name, Number(value)] as const)
  return { ...Object.fromEntries(numbers), ...(ln !== undefined && { n: 2 ** Number(ln) }) }
}

/** The prefixes of crypt(3), with the method, the longest salt, and the text that follows it. */
const crypts: Record<string, { method: string; salt: number; digest: number }> = {
  '1': { method: 'md5-crypt', salt: 8, digest: 22 },
  apr1: { method: 'apr1-crypt', salt: 8, digest: 22 },
  '5': { method: 'sha256-crypt', salt: 16, digest: 43 },
  '6': { method: 'sha512-crypt', salt: 16, digest: 86 },
}

/** Reads `$6$rounds=10000$salt$…` and similar, and `$P$Bsalt…`, where a digit encodes the rounds. */
function readCrypt(text: string): Spelled | null {
  const plain = text.replace(/^\{CRYPT\}/i, '')
  const [, phpassDigit, phpassSalt, phpassDigest] =
    /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/.exec(plain) ?? []
  if (phpassDigit && phpassSalt && phpassDigest) {
    const costs = { i: 2 ** valueOfDigit(phpassDigit) }
    return { method: 'phpass', costs, ...asTexts(phpassSalt, phpassDigest) }
  }
  const [, mark, rounds, salt, digest] =
    /^\$(1|5|6|apr1)\$(?:rounds=(\d{1,9})\$)?([^$:\n]*)\$([./0-9A-Za-z]+)$/.exec(plain) ?? []
  if (mark === undefined || salt === undefined || digest === undefined) return null
  const known = crypts[mark]
  const isSha = mark === '5' || mark === '6'
  if (!known || digest.length !== known.digest || (rounds !== undefined && !isSha)) return null
  if (salt.length > known.salt) return null
  const costs = { i: Number(rounds ?? (isSha ? 5_000 : 1_000)) }
  return { method: known.method, costs, ...asTexts(salt, digest) }
}

function asTexts(salt: string, digest: string): Pick<Spelled, 'salt' | 'digest'> {
  return { salt: characters(salt), digest: characters(digest) }
}

/** `$firescrypt$ln=14,r=8,p=1$salt$hash$salt separator$signer key`, as Ory writes Firebase's hashes. */
function readFirebase(text: string): Spelled | null {
  const groups =
    /^\$firescrypt\$ln=(?<ln>\d{1,2}),r=(?<r>\d+),p=(?<p>\d+)\$(?<salt>[^$]*)\$(?<digest>[^$]+)\$(?<separator>[^$]*)\$(?<signer>[^$]+)$/.exec(
      text,
    )?.groups
  if (!groups) return null
  const { separator, signer, ...scrypt } = groups
  const parts = [groups.salt, separator, groups.digest, signer]
  const [salt, end, digest, key] = parts.map((part) => (part === undefined ? null : base64(part)))
  if (!salt || !end || !digest || !key || digest.length !== key.length) return null
  return {
    method: 'firebase-scrypt',
    costs: costsIn(scrypt),
    salt: Uint8Array.from([...salt, ...end]),
    digest: digest.map((byte, at) => byte ^ (key[at] ?? 0)),
  }
}

/** Reads `{SSHA256}…`, base64 of the digest followed by the salt. `{SHA256}…` has no salt and may be hex. */
function readLdapHash(text: string): Spelled | null {
  const [, salted, name, value] = /^\{(S??)(MD5|SHA(?:256|512)?)\}(.+)$/i.exec(text) ?? []
  if (name === undefined || value === undefined) return null
  const plain = plainHashes[name.toUpperCase()]
  if (!plain) return null
  const { method, length } = plain
  const bytes = !salted && value.length === 2 * length ? hex(value) : base64(value)
  const hasSalt = bytes !== null && bytes.length > length
  if (bytes === null || hasSalt !== (salted !== '')) return null
  return { method, costs: {}, salt: bytes.slice(length), digest: bytes.slice(0, length) }
}
