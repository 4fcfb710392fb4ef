import { ApiKeyStore } from './api-keys/api-key-store.ts'
import { AttemptStore } from './audit/attempt-store.ts'
import { CredentialEventStore } from './audit/credential-event-store.ts'
import type { Config } from './config.ts'
import type { Ctx, RegionStores } from './context.ts'
import { Sealer } from './crypto/sealer.ts'
import { StoredSecrets } from './crypto/stored-secrets.ts'
import { CallerLimits } from './http/caller-limits.ts'
import { LoginLedger } from './login/login-ledger.ts'
import { PasswordLedger } from './login/password-ledger.ts'
import { RedemptionLedger } from './login/redemption-ledger.ts'
import { RefusalLedger } from './login/refusal-ledger.ts'
import { sendLockNotice } from './login/send-lock-notice.ts'
import type { Messengers } from './notifications/open-messengers.ts'
import { Outbox } from './notifications/outbox.ts'
import { SentNotices } from './notifications/sent-notices.ts'
import { GivenUp, type TaskWorkers } from './notifications/task-workers.ts'
import { UnverifiedMails } from './notifications/unverified-mails.ts'
import { workNow } from './notifications/work-outbox.ts'
import { PairingLedger } from './pairing/pairing-ledger.ts'
import { PairingPointer } from './pairing/pairing-pointer.ts'
import type { Argon2Cost } from './passwords/argon2id.ts'
import { BreachCheck } from './passwords/breach-check.ts'
import { PasswordHasher } from './passwords/password-hasher.ts'
import { PriorPasswordStore } from './passwords/prior-password-store.ts'
import { ResetCodeStore } from './passwords/reset/reset-code-store.ts'
import { ResetLedger } from './passwords/reset/reset-ledger.ts'
import { sendResetLinks } from './passwords/reset/send-reset-links.ts'
import { CredentialLedger } from './sessions/credential-ledger.ts'
import { SessionStore } from './sessions/session-store.ts'
import { SessionTokens } from './sessions/session-token.ts'
import type { HostScope } from './sites/site.ts'
import { SiteHosts } from './sites/site-hosts.ts'
import { SiteLedger } from './sites/site-ledger.ts'
import { SiteStore } from './sites/site-store.ts'
import { DnsOverHttps } from './sites/txt-resolver.ts'
import { IdentityStore } from './sso/identity-store.ts'
import { IssuerCache } from './sso/issuer-cache.ts'
import { SsoSessionStore } from './sso/sso-session-store.ts'
import { StrategyStore } from './sso/strategy-store.ts'
import type { Bookmark } from './storage/bookmark.ts'
import type { Clock } from './storage/clock.ts'
import { ExpiringMemory } from './storage/expiring-memory.ts'
import { guardKeyValue, type KeyValueStore } from './storage/guarded-storage.ts'
import type { Region } from './storage/region.ts'
import { openDatabase, type ReplicatedDatabase } from './storage/regional-database.ts'
import type { RoundTripMeter } from './storage/round-trips.ts'
import { type SentForm, SentForms } from './storage/sent-forms.ts'
import { UsernameDirectory } from './storage/username-directory.ts'
import { PartialSessionStore } from './two-factor/partial-session.ts'
import { RecoveryCodeStore } from './two-factor/recovery-code-store.ts'
import { SecondFactorStore } from './two-factor/second-factor-store.ts'
import { SentTextStore } from './two-factor/sent-text-store.ts'
import { YubicoValidator } from './two-factor/yubico.ts'
import { RekeyStore } from './users/rekey-store.ts'
import { UserLedger } from './users/user-ledger.ts'
import { UserStore } from './users/user-store.ts'

/** Shared by all requests of an isolate. */
const issuerCache = new IssuerCache()

/** What an isolate remembers, by its bindings. */
class IsolateMemory {
  readonly absentHosts = new ExpiringMemory(1_000)
  readonly allowedOrigins = new ExpiringMemory<string[]>(1_000)
  readonly refusedCallers = new ExpiringMemory(10_000)
}

const memories = new WeakMap<Env, IsolateMemory>()

function memoryOf(env: Env): IsolateMemory {
  const memory = memories.get(env) ?? new IsolateMemory()
  memories.set(env, memory)
  return memory
}

/** Turns bindings into stores, for one request whose round trips are counted together. The only place that does so. */
export function openServices(
  env: Env,
  config: Config,
  {
    clock,
    hashCost,
    trips,
    afterReply,
    messengers: { mailer, texter },
    bookmark: sent = null,
    scope = { kind: 'any', region: null },
    sentForm = () => null,
  }: {
    clock: Clock
    hashCost: Argon2Cost
    trips: RoundTripMeter
    /** Continues work after the reply. */
    afterReply: (work: Promise<unknown>) => void
    messengers: Messengers
    /** The newest state that the client has seen or written. */
    bookmark?: Bookmark | null
    /** The sites that belong to the request's host; all if absent. */
    scope?: HostScope
    /** The page's form that the request sent; null if there is none. */
    sentForm?: () => SentForm | null
  },
): Ctx {
  const { regions, globalOrigin, nameDigestKey } = config
  const memory = memoryOf(env)
  const kv = guardKeyValue(env.KV, trips)
  const sealer = new Sealer(config.sealingKeys)
  const opened = new Map<string, RegionStores>()
  const inRegion = (region: Region) => {
    const known = opened.get(region.name)
    if (known) return known
    const database = openDatabase(bindingOf(env, region), {
      store: `d1-${region.name}`,
      meter: trips,
      bookmark: sent?.region === region ? sent.bookmark : undefined,
    })
    const stores = openStores(region, database, { kv, sealer, config, sentForm })
    opened.set(region.name, stores)
    return stores
  }
  const directoryDatabase = openDatabase(env.DIRECTORY, { store: 'd1-directory', meter: trips })
  const workers: TaskWorkers = {
    'lock-notice': (locked, waiting) => sendLockNotice(ctx, locked, waiting),
    'reset-request': (request, waiting) => sendResetLinks(ctx, request, waiting),
    mail: async ({ budget, ...mail }, { outbox, task }) => {
      const counted = budget && { ...budget, id: task.id, at: clock() }
      if (counted && !(await inRegion(outbox.region).unverifiedMails.count(counted)))
        throw new GivenUp('its site has mailed as many unverified addresses as it may in a day')
      await mailer.send(mail, String(task.id))
      return []
    },
    'text-message': async (message, { task }) => {
      if (!texter) throw new Error('SMS_FROM is not set')
      await texter.send(message, String(task.id))
      return []
    },
  }
  const ctx: Ctx = {
    scope,
    clock,
    regions,
    in: inRegion,
    regionsUsed: () => [...opened.values()],
    directory: new UsernameDirectory(directoryDatabase, config.directoryKey, regions),
    directoryDatabase,
    kv,
    siteHosts: new SiteHosts(kv, regions, {
      sitesOf: (region) => inRegion(region).sites,
      absent: memory.absentHosts,
      clock,
    }),
    globalOrigin,
    epoch: config.epoch,
    sessionIdFormat: config.sessionIdFormat,
    nameDigestKey,
    domainProofKey: nameDigestKey,
    signingKeys: config.signingKeys,
    operatorCredential: config.operatorCredential,
    tokens: new SessionTokens(config.signingKeys, globalOrigin.origin),
    sealer,
    storedSecrets: new StoredSecrets(config.storedSecretKeys),
    hasher: new PasswordHasher(config.peppers, { clock, cost: hashCost }),
    breachCheck: config.breachCheckUrl ? new BreachCheck(config.breachCheckUrl) : undefined,
    callerLimits: new CallerLimits(env, nameDigestKey, { refused: memory.refusedCallers, clock }),
    issuerCache,
    allowedOrigins: memory.allowedOrigins,
    yubico: config.yubico && new YubicoValidator(config.yubico),
    textRules: texter && config.textRules,
    resolver: new DnsOverHttps(config.dnsResolver),
    afterReply,
    workers,
    workAfterReply: (waiting) => afterReply(workNow(ctx, waiting)),
  }
  return ctx
}

function openStores(
  region: Region,
  database: ReplicatedDatabase,
  {
    kv,
    sealer,
    config,
    sentForm,
  }: {
    kv: KeyValueStore
    sealer: Sealer
    config: Config
    sentForm: () => SentForm | null
  },
): RegionStores {
  const outbox = new Outbox(region, database, sealer)
  const forms = new SentForms(database, sentForm)
  const resetCodes = new ResetCodeStore(kv, database)
  const priorPasswords = new PriorPasswordStore(database, forms)
  const passwords = new PasswordLedger(database, forms, { outbox, priorPasswords, resetCodes })
  return {
    database,
    outbox,
    forms,
    resetCodes,
    priorPasswords,
    passwords,
    apiKeys: new ApiKeyStore(database, forms),
    attempts: new AttemptStore(database, forms),
    credentialEvents: new CredentialEventStore(database, forms),
    credentials: new CredentialLedger(database, forms),
    identities: new IdentityStore(database, forms),
    logins: new LoginLedger(database, forms, passwords),
    pairingPointers: new PairingPointer(kv, database),
    pairings: new PairingLedger(database, forms),
    partialSessions: new PartialSessionStore(database, forms),
    recoveryCodes: new RecoveryCodeStore(database, forms),
    redemptions: new RedemptionLedger(database, forms),
    refusals: new RefusalLedger(database, forms, outbox),
    rekeys: new RekeyStore(database, forms),
    resets: new ResetLedger(database, resetCodes, { outbox, forms }),
    secondFactors: new SecondFactorStore(database, forms),
    sentNotices: new SentNotices(database),
    sentTexts: new SentTextStore(database, forms),
    sessions: new SessionStore(database, forms),
    siteChanges: new SiteLedger(database, forms),
    sites: new SiteStore(database, forms),
    ssoSessions: new SsoSessionStore(database, forms),
    strategies: new StrategyStore(database, forms),
    unverifiedMails: new UnverifiedMails(database, config.unverifiedMailsADay),
    userChanges: new UserLedger(database, forms),
    users: new UserStore(database, forms),
  }
}

function bindingOf(env: Env, region: Region): D1Database {
  return Reflect.get(env, region.database)
}
