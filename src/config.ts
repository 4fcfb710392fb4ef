import { base64url } from 'jose'
import * as z from 'zod'
import { importToken } from './crypto/bearer-token.ts'
import { importHmacKey } from './crypto/digests.ts'
import { SigningKeys } from './crypto/signing-keys.ts'
import { SealingKeys, versionedKeysSecret } from './crypto/versioned-keys.ts'
import { limiters } from './http/rate-limits.ts'
import { importServiceTokens } from './http/stated-caller.ts'
import type { MailTransport } from './notifications/open-mailer.ts'
import { readSmtpServer } from './notifications/smtp-server.ts'
import { readTextCredentials, type TextService } from './notifications/twilio.ts'
import { Peppers } from './passwords/peppers.ts'
import { Regions, regionSetting } from './storage/region.ts'
import { importYubicoKey, type YubicoService } from './two-factor/yubico.ts'

/** The Worker's settings and secrets. docs/configuration.md explains each. */
export type Config = Awaited<ReturnType<typeof readConfig>>

/** A setting is missing or malformed. The message names it and says what to do. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

const signingKeysSecret = z.array(
  z.looseObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    kid: z.string(),
    d: z.string(),
    signs_from: z.iso.datetime({ offset: true }),
  }),
)

/** The names are logged. */
const serviceCredentialsSecret = z.record(z.string().regex(/^[a-z0-9-]{1,64}$/), z.string())

/**
 * Reads the environment into a typed configuration.
 * @throws {ConfigurationError} naming the first setting that is missing or malformed
 */
export async function readConfig(env: Env) {
  const config = {
    globalOrigin: setting('GLOBAL_ORIGIN', () => readOrigin(env.GLOBAL_ORIGIN)),
    regions: setting('REGIONS', () => new Regions(z.array(regionSetting).parse(env.REGIONS))),
    sessionIdFormat: setting('SESSION_ID_FORMAT', () =>
      z.enum(['auto', 'int64', 'string']).parse(env.SESSION_ID_FORMAT),
    ),
    epoch: integer(env, 'SESSION_EPOCH', 1),
    loginHistoryDays: integer(env, 'LOGIN_HISTORY_DAYS', 1),
    /** A DNS over HTTPS resolver, in its JSON form. */
    dnsResolver: setting('DNS_RESOLVER', () => new URL(env.DNS_RESOLVER)),
    /** A service with Have I Been Pwned's range API; null if new passwords are not checked. */
    breachCheckUrl: setting('BREACH_CHECK_URL', () =>
      env.BREACH_CHECK_URL ? readFolder(env.BREACH_CHECK_URL) : null,
    ),
    textService: setting('SMS_API_URL', () => readTextService(env)),
    textRules: {
      countries: setting('SMS_COUNTRIES', () => readCountries(env.SMS_COUNTRIES)),
      aDayFromSite: integer(env, 'SMS_DAILY_LIMIT', 0, 200),
    },
    /** The limit of emails of each kind that one site may send to unverified addresses in 24 hours. */
    unverifiedMailsADay: integer(env, 'UNVERIFIED_MAIL_DAILY_LIMIT', 0, 200),
    yubico: await readYubico(env),
    mail: setting('MAIL_TRANSPORT', () => readMailTransport(env)),
    signingKeys: await secret('SIGNING_KEYS', () =>
      SigningKeys.import(signingKeysSecret.parse(JSON.parse(env.SIGNING_KEYS))),
    ),
    peppers: await secret('PASSWORD_PEPPERS', () =>
      Peppers.import(versionedKeysSecret.parse(JSON.parse(env.PASSWORD_PEPPERS))),
    ),
    sealingKeys: await sealingKeys(env, 'SEALING_KEYS'),
    storedSecretKeys: await sealingKeys(env, 'STORED_SECRET_KEYS'),
    nameDigestKey: await hmacKey(env, 'NAME_DIGEST_KEY'),
    directoryKey: await hmacKey(env, 'DIRECTORY_KEY'),
    operatorCredential: await secret('OPERATOR_TOKEN', async () =>
      env.OPERATOR_TOKEN ? importToken(env.OPERATOR_TOKEN) : null,
    ),
    serviceCredentials: await secret(
      'SERVICE_CREDENTIALS',
      () => {
        const tokens = serviceCredentialsSecret.parse(JSON.parse(env.SERVICE_CREDENTIALS || '{}'))
        return importServiceTokens(tokens)
      },
      'docs/anti-automation.md says how to make it.',
    ),
  }
  const databases = config.regions.all.map(({ database }) => database)
  for (const binding of ['DIRECTORY', 'KV', ...limiters, ...databases])
    if (!(binding in env))
      throw new ConfigurationError(
        `The binding ${binding} is missing: give it in wrangler.toml, for the environment that runs.`,
      )
  return config
}

function readMailTransport(env: Env): MailTransport {
  const kind = z.enum(['send_email', 'smtp']).parse(env.MAIL_TRANSPORT)
  if (kind === 'send_email') return { kind }
  try {
    return { kind, server: readSmtpServer(env.SMTP_URL ?? '') }
  } catch (error) {
    throw new ConfigurationError(
      `The secret SMTP_URL is missing or malformed, and MAIL_TRANSPORT is smtp. ${messageOf(error)}.`,
    )
  }
}

/** Null if SMS_FROM is not set, and no text messages are sent. */
function readTextService(env: Env): TextService | null {
  if (!env.SMS_FROM) return null
  try {
    const credentials = readTextCredentials(env.SMS_CREDENTIALS ?? '')
    const url = new URL(env.SMS_API_URL ?? 'https://api.twilio.com')
    return { url, from: env.SMS_FROM, ...credentials }
  } catch (error) {
    throw new ConfigurationError(
      `The secret SMS_CREDENTIALS or the setting SMS_API_URL is malformed, and SMS_FROM is set. ${messageOf(error)}.`,
    )
  }
}

/** Null if YUBICO_CLIENT_ID is not set, and Yubikeys are not supported. */
async function readYubico(env: Env): Promise<YubicoService | null> {
  const { YUBICO_CLIENT_ID: clientId } = env
  if (!clientId) return null
  const url = setting(
    'YUBICO_URL',
    () => new URL(env.YUBICO_URL ?? 'https://api.yubico.com/wsapi/2.0/verify'),
  )
  const key = await secret(
    'YUBICO_API_KEY',
    () => importYubicoKey(env.YUBICO_API_KEY ?? ''),
    'Yubico gives it with the client id.',
  )
  return { url, clientId, key }
}

/** Reads country codes separated by spaces; null for all. */
function readCountries(text: string | undefined): string[] | null {
  if (!text || text.trim() === '*') return null
  return z.array(z.string().regex(/^[A-Z]{2}$/)).parse(text.trim().split(/\s+/))
}

function readOrigin(text: string): URL {
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`)
    throw new TypeError('An origin is needed, such as https://latchkey.example.com')
  return url
}

/** Adds a final slash, without which the last segment of a base URL would be lost. */
function readFolder(text: string): URL {
  const url = new URL(text)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/** @param otherwise the number if the setting is missing */
function integer(env: Env, name: keyof Env, least: number, otherwise?: number): number {
  const number = z.coerce.number().int()
  return setting(name, () => number.min(least).parse(env[name] ?? otherwise))
}

function sealingKeys(env: Env, name: 'SEALING_KEYS' | 'STORED_SECRET_KEYS') {
  return secret(name, async () => new SealingKeys(versionedKeysSecret.parse(JSON.parse(env[name]))))
}

function hmacKey(env: Env, name: 'NAME_DIGEST_KEY' | 'DIRECTORY_KEY') {
  return secret(name, () => importHmacKey(base64url.decode(env[name])))
}

function setting<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    throw new ConfigurationError(
      `The setting ${name} is missing or malformed: give it in wrangler.toml, for the environment that runs. ${messageOf(error)}`,
    )
  }
}

async function secret<T>(
  name: string,
  read: () => Promise<T>,
  remedy = 'make it with `npm run keys:make -- --file FILE --missing` and give it with `wrangler secret bulk FILE --env production`.',
): Promise<T> {
  try {
    return await read()
  } catch {
    throw new ConfigurationError(`The secret ${name} is missing or malformed: ${remedy}`)
  }
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).replaceAll('\n', ' ')
  return error instanceof Error ? error.message : String(error)
}
