import type { Config } from './config.ts'
import type { Ctx } from './context.ts'
import { Sealer, StoredSecrets } from './crypto/sealer.ts'
import { CallerLimits } from './http/caller-limits.ts'
import { sendLockNotice } from './login/login-notices.ts'
import type { Messengers } from './notifications/open-messengers.ts'
import { GivenUp, type TaskWorkers } from './notifications/task-workers.ts'
import { workNow } from './notifications/work-outbox.ts'
import type { Argon2Cost } from './passwords/argon2id.ts'
import { BreachCheck } from './passwords/breach-check.ts'
import { PasswordHasher } from './passwords/password-hasher.ts'
import { sendResetLinks } from './passwords/reset/send-reset-links.ts'
import { openStores, type RegionStores } from './region-stores.ts'
import { SessionTokens } from './sessions/session-token.ts'
import { hostScope } from './sites/site.ts'
import { SiteHosts } from './sites/site-hosts.ts'
import { DnsOverHttps } from './sites/txt-resolver.ts'
import { IssuerCache } from './sso/issuer-cache.ts'
import type { Bookmark } from './storage/bookmark.ts'
import type { Clock } from './storage/clock.ts'
import { ExpiringMemory } from './storage/expiring-memory.ts'
import { guardKeyValue } from './storage/guarded-storage.ts'
import type { Region } from './storage/region.ts'
import { openDatabase } from './storage/regional-database.ts'
import { RoundTripMeter } from './storage/round-trips.ts'
import type { SentForm } from './storage/sent-forms.ts'
import { UsernameDirectory } from './storage/username-directory.ts'
import { YubicoValidator } from './two-factor/yubico.ts'

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

/** What an entry of the Worker chooses. No setting and no binding can change it. */
export interface Entry {
  clock: Clock
  /** How email and text messages are sent. */
  openMessengers(env: Env, config: Config): Messengers
  /** The cost of a new password's hash. */
  hashCost: Argon2Cost
  /** Whether pages of this machine may call the API. */
  allowsLoopbackOrigins?: true
}

/** What `openServices` takes from a request. The cron and the demo data have none. */
interface Requested {
  trips?: RoundTripMeter
  /** Continues work after the reply. */
  afterReply?: (work: Promise<unknown>) => void
  /** The newest state that the client has seen or written. */
  bookmark?: Bookmark | null
  /** The request's host, which may limit the sites. */
  hostname?: string
  /** The page's form that the request sent; null if there is none. */
  sentForm?: () => SentForm | null
}

/** Turns bindings into stores, for one request whose round trips are counted together. The only place that does so. */
export function openServices(
  env: Env,
  config: Config,
  { clock, hashCost, openMessengers }: Entry,
  requested: Requested = {},
): Ctx {
  const { trips = new RoundTripMeter(), afterReply = () => undefined } = requested
  const { bookmark: sent = null, hostname, sentForm = () => null } = requested
  const { regions, globalOrigin, nameDigestKey } = config
  const { mailer, texter } = openMessengers(env, config)
  const memory = memoryOf(env)
  const kv = guardKeyValue(env.KV, trips)
  const sealer = new Sealer(config.sealingKeys)
  const opened = new Map<string, RegionStores>()
  const inRegion = (region: Region) => {
    const known = opened.get(region.name)
    if (known) return known
    const database = openDatabase(Reflect.get(env, region.database), {
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
    scope:
      hostname === undefined
        ? { kind: 'any', region: null }
        : hostScope(hostname, { global: globalOrigin.hostname, regions }),
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
