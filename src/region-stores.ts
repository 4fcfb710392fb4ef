import { ApiKeyStore } from './api-keys/api-key-store.ts'
import { AttemptStore } from './audit/attempt-store.ts'
import { CredentialEventStore } from './audit/credential-event-store.ts'
import type { Config } from './config.ts'
import type { Sealer } from './crypto/sealer.ts'
import { LoginLedger } from './login/login-ledger.ts'
import { PasswordLedger } from './login/password-ledger.ts'
import { RefusalLedger } from './login/refusal-ledger.ts'
import { Outbox } from './notifications/outbox.ts'
import { SentNotices } from './notifications/sent-notices.ts'
import { UnverifiedMails } from './notifications/unverified-mails.ts'
import { PairingLedger } from './pairing/pairing-ledger.ts'
import { PairingPointer } from './pairing/pairing-pointer.ts'
import { PriorPasswordStore } from './passwords/prior-password-store.ts'
import { ResetCodeStore } from './passwords/reset/reset-code-store.ts'
import { ResetLedger } from './passwords/reset/reset-ledger.ts'
import { SessionStore } from './sessions/session-store.ts'
import { SiteLedger } from './sites/site-ledger.ts'
import { SiteStore } from './sites/site-store.ts'
import { IdentityStore } from './sso/identity-store.ts'
import { SsoSessionStore } from './sso/sso-session-store.ts'
import { StrategyStore } from './sso/strategy-store.ts'
import type { KeyValueStore } from './storage/guarded-storage.ts'
import type { Region } from './storage/region.ts'
import type { ReplicatedDatabase } from './storage/regional-database.ts'
import { type SentForm, SentForms } from './storage/sent-forms.ts'
import { PartialSessionStore } from './two-factor/partial-session.ts'
import { RecoveryCodeStore } from './two-factor/recovery-code-store.ts'
import { SecondFactorStore } from './two-factor/second-factor-store.ts'
import { SentTextStore } from './two-factor/sent-text-store.ts'
import { RekeyStore } from './users/rekey-store.ts'
import { UserLedger } from './users/user-ledger.ts'
import { UserStore } from './users/user-store.ts'

/** What the stores of all regions share. */
interface OfRequest {
  kv: KeyValueStore
  sealer: Sealer
  config: Config
  sentForm: () => SentForm | null
}

/** The stores of one region. */
export type RegionStores = ReturnType<typeof openStores>

/** Opens the stores of one region for one request. */
export function openStores(
  region: Region,
  database: ReplicatedDatabase,
  { kv, sealer, config, sentForm }: OfRequest,
) {
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
    identities: new IdentityStore(database, forms),
    logins: new LoginLedger(database, forms, passwords),
    pairingPointers: new PairingPointer(kv, database),
    pairings: new PairingLedger(database, forms),
    partialSessions: new PartialSessionStore(database, forms),
    recoveryCodes: new RecoveryCodeStore(database, forms),
    refusals: new RefusalLedger(database, forms, outbox),
    rekeys: new RekeyStore(database, forms),
    resets: new ResetLedger(database, resetCodes, { outbox, forms }),
    secondFactors: new SecondFactorStore(database, forms),
    sentNotices: new SentNotices(database, forms),
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
