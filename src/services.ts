import { ApiKeyStore } from './api-keys/api-key-store.ts'
import { AttemptStore } from './audit/attempt-store.ts'
import { CredentialEventStore } from './audit/credential-event-store.ts'
import type { Config } from './config.ts'
import { Sealer } from './crypto/sealer.ts'
import { StoredSecrets } from './crypto/stored-secrets.ts'
import { CallerLimits } from './http/caller-limits.ts'
import { LoginLedger } from './login/login-ledger.ts'
import { PasswordLedger } from './login/password-ledger.ts'
import { RedemptionLedger } from './login/redemption-ledger.ts'
import { sendLockNotice } from './login/send-lock-notice.ts'
import type { Messengers } from './notifications/open-messengers.ts'
import { Outbox } from './notifications/outbox.ts'
import { SentNotices } from './notifications/sent-notices.ts'
import { UnverifiedMails } from './notifications/unverified-mails.ts'
import { GivenUp, type TaskWorkers, type Waiting, workNow } from './notifications/work-outbox.ts'
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
import { AbsentHosts } from './sites/absent-hosts.ts'
import { SiteHosts } from './sites/site-hosts.ts'
import { SiteLedger } from './sites/site-ledger.ts'
import { SiteStore } from './sites/site-store.ts'
import { DnsOverHttps } from './sites/txt-resolver.ts'
import { IdentityStore } from './sso/identity-store.ts'
import { IssuerMemory } from './sso/issuer-memory.ts'
import { SsoSessionStore } from './sso/sso-session-store.ts'
import { StrategyStore } from './sso/strategy-store.ts'
import type { Bookmark } from './storage/bookmark.ts'
import type { Clock } from './storage/clock.ts'
import { guardKeyValue } from './storage/guarded-storage.ts'
import type { Region } from './storage/region.ts'
import { openDatabase, type ReplicatedDatabase } from './storage/regional-database.ts'
import type { TripMeter } from './storage/trips.ts'
import { UsernameDirectory } from './storage/username-directory.ts'
import { PartialSessionStore } from './two-factor/partial-session.ts'
import { RecoveryCodeStore } from './two-factor/recovery-code-store.ts'
import { SecondFactorStore } from './two-factor/second-factor-store.ts'
import { SentTextStore } from './two-factor/sent-text-store.ts'
import { YubicoValidator } from './two-factor/yubico.ts'
import { RekeyStore } from './users/rekey-store.ts'
import { UserLedger } from './users/user-ledger.ts'
import { UserStore } from './users/user-store.ts'

/** One for all requests of an isolate. */
const issuerMemory = new IssuerMemory()

/** The same, of one isolate's own bindings. */
const absentHosts = new WeakMap<Env, AbsentHosts>()

function absentHostsOf(env: Env): AbsentHosts {
  const known = absentHosts.get(env) ?? new AbsentHosts()
  absentHosts.set(env, known)
  return known
}

export type Services = ReturnType<typeof openServices>

/** The one place where a binding becomes a store. Opened for one request: its trips are counted together. */
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
  }: {
    clock: Clock
    hashCost: Argon2Cost
    trips: TripMeter
    /** Goes on after the reply. */
    afterReply: (work: Promise<unknown>) => void
    messengers: Messengers
    /** What the caller has seen or made. */
    bookmark?: Bookmark | null
  },
) {
  const { regions } = config
  const databaseIn = once((region: Region) =>
    openDatabase(bindingOf(env, region), {
      store: `d1-${region.name}`,
      meter: trips,
      bookmark: sent?.region === region ? sent.bookmark : undefined,
    }),
  )
  const directoryDatabase = openDatabase(env.DIRECTORY, { store: 'd1-directory', meter: trips })
  const kv = guardKeyValue(env.KV, trips)
  const sitesIn = (region: Region) => new SiteStore(databaseIn(region))
  const sealer = new Sealer(config.sealingKeys)
  const outboxIn = (region: Region) => new Outbox(region, databaseIn(region), sealer)
  const resetCodesIn = (region: Region) => new ResetCodeStore(kv, databaseIn(region))
  const resetsIn = (region: Region) =>
    new ResetLedger(databaseIn(region), resetCodesIn(region), outboxIn(region))
  const priorPasswordsIn = (region: Region) => new PriorPasswordStore(databaseIn(region))
  const passwordsIn = (region: Region) =>
    new PasswordLedger(databaseIn(region), outboxIn(region), priorPasswordsIn(region))
  const { globalOrigin } = config
  const sentNoticesIn = (region: Region) => new SentNotices(databaseIn(region))
  const unverifiedMailsIn = (region: Region) =>
    new UnverifiedMails(databaseIn(region), config.unverifiedMailsADay)
  const ledgerIn = (region: Region) =>
    new LoginLedger(databaseIn(region), passwordsIn(region), outboxIn(region))
  const { nameDigestKey } = config
  const mailed = { clock, globalOrigin, nameDigestKey, outboxIn, sentNoticesIn }
  const links = { ...mailed, regions, resetsIn, resetCodesIn }
  const lockNotices = { ...mailed, ledgerIn }
  const workers: TaskWorkers = {
    'lock-notice': (locked, { outbox }) => sendLockNotice(lockNotices, locked, outbox.region),
    'reset-request': (asked, { outbox }) => sendResetLinks(links, asked, outbox.region),
    mail: async ({ budget, ...mail }, { outbox, task }) => {
      const counted = budget && { ...budget, id: task.id, at: clock() }
      if (counted && !(await unverifiedMailsIn(outbox.region).count(counted)))
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

  return {
    clock,
    afterReply,
    kv,
    regions,
    epoch: config.epoch,
    globalOrigin,
    sessionIdFormat: config.sessionIdFormat,
    nameDigestKey,
    signingKeys: config.signingKeys,
    operatorCredential: config.operatorCredential,
    callerLimits: new CallerLimits(env, config.nameDigestKey),
    hasher: new PasswordHasher(config.peppers, { clock, cost: hashCost }),
    breachCheck: config.breachCheckUrl && new BreachCheck(config.breachCheckUrl),
    priorPasswordsIn,
    passwordsIn,
    tokens: new SessionTokens(config.signingKeys, config.globalOrigin.origin),
    sealer,
    yubico: config.yubico && new YubicoValidator(config.yubico),
    storedSecrets: new StoredSecrets(config.storedSecretKeys),
    issuerMemory,
    identitiesIn: (region: Region) => new IdentityStore(databaseIn(region)),
    ssoSessionsIn: (region: Region) => new SsoSessionStore(databaseIn(region)),
    strategiesIn: (region: Region) => new StrategyStore(databaseIn(region)),
    secondFactorsIn: (region: Region) => new SecondFactorStore(databaseIn(region)),
    recoveryCodesIn: (region: Region) => new RecoveryCodeStore(databaseIn(region)),
    sentTextsIn: (region: Region) => new SentTextStore(databaseIn(region)),
    partialSessionsIn: (region: Region) => new PartialSessionStore(databaseIn(region)),
    workers,
    textRules: texter && config.textRules,
    outboxIn,
    resetCodesIn,
    resetsIn,
    sentNoticesIn,
    unverifiedMailsIn,
    workAfterReply: (waiting: Waiting[]) => afterReply(workNow({ clock, workers }, waiting)),
    directory: new UsernameDirectory(directoryDatabase, config.directoryKey, regions),
    resolver: new DnsOverHttps(config.dnsResolver),
    domainProofKey: config.nameDigestKey,
    siteHosts: new SiteHosts(kv, regions, { sitesIn, absent: absentHostsOf(env), clock }),
    directoryDatabase,
    databaseIn,
    sitesIn,
    siteLedgerIn: (region: Region) => new SiteLedger(databaseIn(region)),
    userLedgerIn: (region: Region) => new UserLedger(databaseIn(region)),
    usersIn: (region: Region) => new UserStore(databaseIn(region)),
    rekeysIn: (region: Region) => new RekeyStore(databaseIn(region)),
    sessionsIn: (region: Region) => new SessionStore(databaseIn(region)),
    pairingPointersIn: (region: Region) => new PairingPointer(kv, databaseIn(region)),
    pairingsIn: (region: Region) => new PairingLedger(databaseIn(region)),
    apiKeysIn: (region: Region) => new ApiKeyStore(databaseIn(region)),
    credentialsIn: (region: Region) => new CredentialLedger(databaseIn(region)),
    credentialEventsIn: (region: Region) => new CredentialEventStore(databaseIn(region)),
    attemptsIn: (region: Region) => new AttemptStore(databaseIn(region)),
    redemptionsIn: (region: Region) => new RedemptionLedger(databaseIn(region)),
    ledgerIn,
  }
}

function bindingOf(env: Env, region: Region): D1Database {
  return (env as unknown as Record<string, D1Database>)[region.database] as D1Database
}

function once(open: (region: Region) => ReplicatedDatabase) {
  const opened = new Map<string, ReplicatedDatabase>()
  return (region: Region): ReplicatedDatabase => {
    const database = opened.get(region.name) ?? open(region)
    opened.set(region.name, database)
    return database
  }
}
