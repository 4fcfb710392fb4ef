import type { Config } from './config.ts'
import type { Sealer, StoredSecrets } from './crypto/sealer.ts'
import type { CallerLimits } from './http/caller-limits.ts'
import type { TaskWorkers, Waiting } from './notifications/task-workers.ts'
import type { BreachCheck } from './passwords/breach-check.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import type { RegionStores } from './region-stores.ts'
import type { SessionTokens } from './sessions/session-token.ts'
import type { HostScope } from './sites/site.ts'
import type { SiteHosts } from './sites/site-hosts.ts'
import type { TxtResolver } from './sites/txt-resolver.ts'
import type { IssuerCache } from './sso/issuer-cache.ts'
import type { Clock } from './storage/clock.ts'
import type { ExpiringMemory } from './storage/expiring-memory.ts'
import type { KeyValueStore } from './storage/guarded-storage.ts'
import type { Region, Regions } from './storage/region.ts'
import type { ReplicatedDatabase } from './storage/regional-database.ts'
import type { UsernameDirectory } from './storage/username-directory.ts'
import type { YubicoValidator } from './two-factor/yubico.ts'

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
