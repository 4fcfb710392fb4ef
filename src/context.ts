import type { Config } from './config.ts'
import type { Sealer } from './crypto/sealer.ts'
import type { StoredSecrets } from './crypto/stored-secrets.ts'
import type { CallerLimits } from './http/caller-limits.ts'
import type { TaskWorkers, Waiting } from './notifications/work-outbox.ts'
import type { BreachCheck } from './passwords/breach-check.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import type { RegionStores } from './services.ts'
import type { SessionTokens } from './sessions/session-token.ts'
import type { HostScope } from './sites/site.ts'
import type { SiteHosts } from './sites/site-hosts.ts'
import type { TxtResolver } from './sites/txt-resolver.ts'
import type { IssuerMemory } from './sso/issuer-memory.ts'
import type { Clock } from './storage/clock.ts'
import type { KeyValueStore } from './storage/guarded-storage.ts'
import type { Region, Regions } from './storage/region.ts'
import type { ReplicatedDatabase } from './storage/regional-database.ts'
import type { UsernameDirectory } from './storage/username-directory.ts'
import type { YubicoValidator } from './two-factor/yubico.ts'

/** What every use case takes first: the settings, the stores and the services of one request. */
export interface Ctx {
  /** The sites that the request's host speaks for. */
  scope: HostScope
  clock: Clock
  regions: Regions
  /** The stores of a region, opened once a request. */
  in(region: Region): RegionStores
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
  /** Asks whether a password is known from a breach; undefined where no service is configured. */
  breachCheck: BreachCheck | undefined
  callerLimits: CallerLimits
  issuerMemory: IssuerMemory
  /** Null where no service is configured. */
  yubico: YubicoValidator | null
  /** How many text messages may be sent; null where none can be. */
  textRules: Config['textRules'] | null
  resolver: TxtResolver
  /** Goes on with the work after the reply. */
  afterReply(work: Promise<unknown>): void
  workers: TaskWorkers
  /** Does the tasks that the request put into an outbox, after the reply. */
  workAfterReply(waiting: Waiting[]): void
}
