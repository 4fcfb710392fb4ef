import type { ApiKeyStore } from './api-keys/api-key-store.ts'
import type { AttemptStore } from './audit/attempt-store.ts'
import type { CredentialEventStore } from './audit/credential-event-store.ts'
import type { Config } from './config.ts'
import type { Sealer } from './crypto/sealer.ts'
import type { StoredSecrets } from './crypto/stored-secrets.ts'
import type { CallerLimits } from './http/caller-limits.ts'
import type { LoginLedger } from './login/login-ledger.ts'
import type { PasswordLedger } from './login/password-ledger.ts'
import type { RedemptionLedger } from './login/redemption-ledger.ts'
import type { RefusalLedger } from './login/refusal-ledger.ts'
import type { Outbox } from './notifications/outbox.ts'
import type { SentNotices } from './notifications/sent-notices.ts'
import type { TaskWorkers, Waiting } from './notifications/task-workers.ts'
import type { UnverifiedMails } from './notifications/unverified-mails.ts'
import type { PairingLedger } from './pairing/pairing-ledger.ts'
import type { PairingPointer } from './pairing/pairing-pointer.ts'
import type { BreachCheck } from './passwords/breach-check.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import type { PriorPasswordStore } from './passwords/prior-password-store.ts'
import type { ResetCodeStore } from './passwords/reset/reset-code-store.ts'
import type { ResetLedger } from './passwords/reset/reset-ledger.ts'
import type { CredentialLedger } from './sessions/credential-ledger.ts'
import type { SessionStore } from './sessions/session-store.ts'
import type { SessionTokens } from './sessions/session-token.ts'
import type { HostScope } from './sites/site.ts'
import type { SiteHosts } from './sites/site-hosts.ts'
import type { SiteLedger } from './sites/site-ledger.ts'
import type { SiteStore } from './sites/site-store.ts'
import type { TxtResolver } from './sites/txt-resolver.ts'
import type { IdentityStore } from './sso/identity-store.ts'
import type { IssuerCache } from './sso/issuer-cache.ts'
import type { SsoSessionStore } from './sso/sso-session-store.ts'
import type { StrategyStore } from './sso/strategy-store.ts'
import type { Clock } from './storage/clock.ts'
import type { ExpiringMemory } from './storage/expiring-memory.ts'
import type { KeyValueStore } from './storage/guarded-storage.ts'
import type { Region, Regions } from './storage/region.ts'
import type { ReplicatedDatabase } from './storage/regional-database.ts'
import type { SentForms } from './storage/sent-forms.ts'
import type { UsernameDirectory } from './storage/username-directory.ts'
import type { PartialSessionStore } from './two-factor/partial-session.ts'
import type { RecoveryCodeStore } from './two-factor/recovery-code-store.ts'
import type { SecondFactorStore } from './two-factor/second-factor-store.ts'
import type { SentTextStore } from './two-factor/sent-text-store.ts'
import type { YubicoValidator } from './two-factor/yubico.ts'
import type { RekeyStore } from './users/rekey-store.ts'
import type { UserLedger } from './users/user-ledger.ts'
import type { UserStore } from './users/user-store.ts'

export interface RegionStores {
  forms: SentForms
  database: ReplicatedDatabase
  outbox: Outbox
  resetCodes: ResetCodeStore
  priorPasswords: PriorPasswordStore
  passwords: PasswordLedger
  apiKeys: ApiKeyStore
  attempts: AttemptStore
  credentialEvents: CredentialEventStore
  credentials: CredentialLedger
  identities: IdentityStore
  logins: LoginLedger
  pairingPointers: PairingPointer
  pairings: PairingLedger
  partialSessions: PartialSessionStore
  recoveryCodes: RecoveryCodeStore
  redemptions: RedemptionLedger
  refusals: RefusalLedger
  rekeys: RekeyStore
  resets: ResetLedger
  secondFactors: SecondFactorStore
  sentNotices: SentNotices
  sentTexts: SentTextStore
  sessions: SessionStore
  siteChanges: SiteLedger
  sites: SiteStore
  ssoSessions: SsoSessionStore
  strategies: StrategyStore
  unverifiedMails: UnverifiedMails
  userChanges: UserLedger
  users: UserStore
}

/** The first argument of every use case: the settings, stores and services of one request. */
export interface Ctx {
  /** The sites that belong to the request's host. */
  scope: HostScope
  clock: Clock
  regions: Regions
  /** Returns the stores of a region. They are opened once in a request. */
  in(region: Region): RegionStores
  /** The stores of the regions that this request has used. */
  regionsUsed(): RegionStores[]
  directory: UsernameDirectory
  directoryDatabase: ReplicatedDatabase
  kv: KeyValueStore
  siteHosts: SiteHosts
  globalOrigin: URL
  epoch: number
  sessionIdFormat: Config['sessionIdFormat']
  nameDigestKey: CryptoKey
  domainProofKey: CryptoKey
  signingKeys: Config['signingKeys']
  operatorCredential: Config['operatorCredential']
  tokens: SessionTokens
  sealer: Sealer
  storedSecrets: StoredSecrets
  hasher: PasswordHasher
  /** Checks whether a password was leaked; undefined if no service is configured. */
  breachCheck: BreachCheck | undefined
  callerLimits: CallerLimits
  /** The allowed origins of sites, by host. */
  allowedOrigins: ExpiringMemory<string[]>
  issuerCache: IssuerCache
  /** Null if no service is configured. */
  yubico: YubicoValidator | null
  /** The limits of text messages; null if none can be sent. */
  textRules: Config['textRules'] | null
  resolver: TxtResolver
  /** Continues work after the reply. */
  afterReply(work: Promise<unknown>): void
  workers: TaskWorkers
  /** Does tasks that the request put into an outbox, after the reply. */
  workAfterReply(waiting: Waiting[]): void
}
