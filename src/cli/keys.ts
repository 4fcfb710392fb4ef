import { randomBytes, randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseEnv } from 'node:util'
import { exportJWK, generateKeyPair } from 'jose'
import type { SigningJwk } from '../crypto/signing-keys.ts'

/** Returns new secrets for the Worker: name → text for `wrangler secret put` and env files. */
export async function makeKeys(): Promise<Record<string, string>> {
  return {
    SIGNING_KEYS: JSON.stringify([await makeSigningKey(Date.now())]),
    PASSWORD_PEPPERS: JSON.stringify({ 1: randomKey() }),
    SEALING_KEYS: JSON.stringify({ 1: randomKey() }),
    STORED_SECRET_KEYS: JSON.stringify({ 1: randomKey() }),
    NAME_DIGEST_KEY: randomKey(),
    DIRECTORY_KEY: randomKey(),
    OPERATOR_TOKEN: randomKey(),
  }
}

/** @param signsFrom milliseconds since the Unix epoch */
export async function makeSigningKey(signsFrom: number): Promise<SigningJwk> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const signing = { kid: randomUUID(), signs_from: new Date(signsFrom).toISOString() }
  return { ...(await exportJWK(privateKey)), ...signing } as SigningJwk
}

export function randomKey(): string {
  return randomBytes(32).toString('base64url')
}

/** Returns the secrets as an env file. */
export function asEnvFile(keys: Record<string, string>): string {
  return Object.entries(keys)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('')
}

export function secretIn(file: string, name: string): string | undefined {
  return parseEnv(file)[name]
}

/**
 * Returns an env file with one secret replaced.
 * @throws {TypeError} if no line has it
 */
export function withSecret(file: string, name: string, value: string): string {
  const line = new RegExp(`^${name}=.*\\n`, 'm')
  if (!line.test(file)) throw new TypeError(`no line gives ${name}`)
  return file.replace(line, () => asEnvFile({ [name]: value }))
}

/** Returns an env file with the missing secrets added. */
export function withMissing(file: string, secrets: Record<string, string>): string {
  const known = parseEnv(file)
  const missing = Object.entries(secrets).filter(([name]) => !(name in known))
  return file + asEnvFile(Object.fromEntries(missing))
}

/** Writes a new file, readable by its owner only. @throws {Error} EEXIST if it exists */
export function createSecretFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600, flag: 'wx', flush: true })
}

/** Replaces a file atomically, even if the machine stops. */
export function replaceSecretFile(path: string, text: string): void {
  const temporary = `${path}.${randomUUID()}`
  createSecretFile(temporary, text)
  renameSync(temporary, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
