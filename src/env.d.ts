/** The bindings, settings and secrets of wrangler.toml and the secret store. Regions bind more D1 databases. */
interface Env {
  DIRECTORY: D1Database
  KV: KVNamespace
  CALLER_LIMITER: RateLimit
  CALLER_NAME_LIMITER: RateLimit
  ANONYMOUS_LIMITER: RateLimit
  /** If absent, email is not sent, and stays in the outbox for a day. */
  EMAIL?: SendEmail

  GLOBAL_ORIGIN: string
  REGIONS: unknown
  SESSION_ID_FORMAT: string
  SESSION_EPOCH: string
  LOGIN_HISTORY_DAYS: string
  DNS_RESOLVER: string
  MAIL_TRANSPORT: string
  MAIL_FROM: string
  UNVERIFIED_MAIL_DAILY_LIMIT?: string
  /** If absent, no text messages are sent. */
  SMS_FROM?: string
  SMS_API_URL?: string
  SMS_COUNTRIES?: string
  SMS_DAILY_LIMIT?: string
  /** If absent, Yubikeys are not supported. */
  YUBICO_CLIENT_ID?: string
  YUBICO_URL?: string
  SERVER_TIMING?: string
  ALLOWED_ORIGINS?: string
  BREACH_CHECK_URL?: string

  SIGNING_KEYS: string
  PASSWORD_PEPPERS: string
  SEALING_KEYS: string
  STORED_SECRET_KEYS: string
  NAME_DIGEST_KEY: string
  DIRECTORY_KEY: string
  /** If absent, nobody is an operator. */
  OPERATOR_TOKEN?: string
  /** Required if MAIL_TRANSPORT is smtp. */
  SMTP_URL?: string
  /** Required if YUBICO_CLIENT_ID is set. */
  YUBICO_API_KEY?: string
  /** Required if SMS_FROM is set. */
  SMS_CREDENTIALS?: string
  /** If absent, no service may act for clients. */
  SERVICE_CREDENTIALS?: string
}
