// npm run keys:rotate -- --file production.keys.env --remote
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { SigningJwk } from '../crypto/signing-keys.ts'
import {
  activeKeysAt,
  inOrder,
  ROTATION_LEAD_MS,
  type ScheduledKey,
} from '../crypto/signing-keys.ts'
import type { VersionedKeysSecret } from '../crypto/versioned-keys.ts'
import { makeSigningKey, randomKey, replaceSecretFile, secretIn, withSecret } from './keys.ts'
import { keysFileIn, LOCAL_STATE, WRANGLER } from './local-state.ts'
import { explainSystemErrors, fail, readOptions } from './options.ts'

/** The size limit of a secret in Workers. */
const SECRET_LIMIT_BYTES = 5 * 1024

const LOCAL_KEYS = keysFileIn(LOCAL_STATE)

explainSystemErrors()
const flag = { type: 'boolean', default: false } as const
const { file, remote, pepper, sealing, stored, operator, leaked, again } = readOptions(
  'npm run keys:rotate',
  {
    file: { type: 'string', default: LOCAL_KEYS },
    remote: flag,
    pepper: flag,
    sealing: flag,
    stored: flag,
    operator: flag,
    leaked: flag,
    again: flag,
  },
)

if (remote && file === LOCAL_KEYS)
  fail('Name the file of the production secrets: npm run keys:rotate -- --remote --file FILE')
if (!existsSync(file)) fail(`There is no ${file}. ${creationHint()}`)

const before = readFileSync(file, 'utf8')
if (pepper) rotateVersions('PASSWORD_PEPPERS')
else if (sealing) rotateVersions('SEALING_KEYS')
else if (stored) rotateVersions('STORED_SECRET_KEYS')
else if (operator) replaceOperatorToken()
else await rotateSigningKeys()
if (remote) push()
else if (file !== LOCAL_KEYS)
  console.log(`To send it to Cloudflare: npm run keys:rotate -- ${sameFlags()} --remote --again`)

function sameFlags(): string {
  return process.argv.slice(2).join(' ')
}

function creationHint(): string {
  if (file === LOCAL_KEYS) return 'Run npm start, which creates it.'
  return `To create it: npm run keys:make -- --file ${file}`
}

async function rotateSigningKeys(): Promise<void> {
  const keys = read('SIGNING_KEYS', isSigningKeys)
  const rotated = await rotateByFlags(keys, Date.now())
  write('SIGNING_KEYS', rotated.keys)
  const { kid, signs_from } = rotated.newest
  console.log(`The key ${kid} signs from ${signs_from}.`)
  console.log(`${file} has ${rotated.keys.length} signing keys now. It had ${keys.length} before.`)
}

async function rotateByFlags(keys: SigningJwk[], now: number): Promise<Rotated> {
  if (again) return postponeNewestKey(keys, now)
  return leaked ? replaceSigningKeys(now) : addSigningKey(keys, now)
}

function rotateVersions(name: string): void {
  const keys = read(name, isVersionedKeys)
  const rotate = again ? postponeNewestVersion : addVersion
  const rotated = rotate(keys, Date.now())
  write(name, rotated)
  const newest = Object.keys(rotated).at(-1)
  console.log(
    `Version ${newest} of ${name} will be used in 10 minutes. ${file} keeps the earlier versions.`,
  )
}

function replaceOperatorToken(): void {
  if (!again) replaceSecretFile(file, withSecret(before, 'OPERATOR_TOKEN', randomKey()))
  console.log(
    `${file} has a new OPERATOR_TOKEN. Production accepts the old one until it gets the new one.`,
  )
}

function read<Value>(name: string, isRight: (value: unknown) => value is Value): Value {
  try {
    const value: unknown = JSON.parse(secretIn(before, name) ?? '')
    if (isRight(value)) return value
  } catch {}
  return fail(`${file} has no valid ${name}. Nothing was changed.`)
}

function write(name: string, value: unknown): void {
  const text = JSON.stringify(value)
  if (Buffer.byteLength(text) > SECRET_LIMIT_BYTES)
    fail(
      `${name} would exceed the 5 KB of a secret, because too many keys are in use. Nothing was changed.`,
    )
  replaceSecretFile(file, withSecret(before, name, text))
}

/** Writes the file first: a key that only Cloudflare has would be lost at the next rotation. */
function push(): void {
  const sent = spawnSync(
    process.execPath,
    [WRANGLER, 'secret', 'bulk', file, '--env', 'production'],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  if (sent.status !== 0)
    fail(
      `${file} has the new keys, but Cloudflare may not. Run the same command again with --again added.`,
    )
}

function isSigningKeys(value: unknown): value is SigningJwk[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((key) => Date.parse(key?.signs_from))
  )
}

function isVersionedKeys(value: unknown): value is VersionedKeysSecret {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((key) => /^\d+$/.test(key))
  )
}

interface Rotated {
  keys: SigningJwk[]
  /** The last key to sign. */
  newest: SigningJwk
}

/** Adds a key that is published now and signs later, and removes keys that have ended. */
async function addSigningKey(keys: readonly SigningJwk[], now: number): Promise<Rotated> {
  const newest = await makeSigningKey(now + ROTATION_LEAD_MS)
  return { keys: [...activeAt(keys, now), newest], newest }
}

/**
 * Postpones the newest key, for when it is not known whether it was published. If it already signs, the key before it
 * signs again until then. Both verify throughout.
 */
function postponeNewestKey(keys: readonly SigningJwk[], now: number): Rotated {
  const last = scheduled(keys).at(-1)?.jwk
  if (!last) throw new TypeError('there is no signing key')
  const newest = { ...last, signs_from: new Date(now + ROTATION_LEAD_MS).toISOString() }
  return { keys: [...activeAt(keys, now).filter(({ kid }) => kid !== last.kid), newest], newest }
}

/** Replaces every key, because one has leaked. Tokens that were signed before no longer verify. */
async function replaceSigningKeys(now: number): Promise<Rotated> {
  const newest = await makeSigningKey(now)
  return { keys: [newest], newest }
}

/** Adds a key under the next version, which is used once every Worker has it. The other keys stay. */
function addVersion(keys: VersionedKeysSecret, now: number): VersionedKeysSecret {
  return { ...keys, [newestVersion(keys) + 1]: usedLater(randomKey(), now) }
}

/** Postpones the newest version, for when it is not known whether every Worker has it by then. */
function postponeNewestVersion(keys: VersionedKeysSecret, now: number): VersionedKeysSecret {
  const newest = newestVersion(keys)
  const entry = keys[newest]
  return typeof entry === 'object' ? { ...keys, [newest]: usedLater(entry.key, now) } : keys
}

function newestVersion(keys: VersionedKeysSecret): number {
  return Math.max(0, ...Object.keys(keys).map(Number))
}

function usedLater(key: string, now: number) {
  return { key, used_from: new Date(now + ROTATION_LEAD_MS).toISOString() }
}

function activeAt(keys: readonly SigningJwk[], now: number): SigningJwk[] {
  return activeKeysAt(scheduled(keys), now).map(({ jwk }) => jwk)
}

function scheduled(keys: readonly SigningJwk[]): (ScheduledKey & { jwk: SigningJwk })[] {
  return inOrder(keys.map((jwk) => ({ jwk, signsFrom: Date.parse(jwk.signs_from) })))
}
