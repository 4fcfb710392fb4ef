/**
 * Every error this service can answer with: its machine name and HTTP status. The texts for people
 * are in texts/, one file a language. Names and groups are those of the Files.com API.
 */
export const problemTypes = {
  'bad-request/https-required': 400,
  'bad-request/invalid-body': 400,
  'bad-request/invalid-input-encoding': 400,
  'bad-request/invalid-interface': 400,
  'bad-request/method-not-allowed': 405,
  'bad-request/request-params-invalid': 400,
  'bad-request/request-params-required': 400,
  'bad-request/unsupported-media-type': 400,
  'not-authenticated/authentication-required': 401,
  'not-authenticated/invalid-credentials': 401,
  'not-authenticated/invalid-or-expired-code': 401,
  'not-authenticated/invalid-username-or-password': 401,
  'not-authenticated/locked-out': 401,
  'not-authenticated/lockout-region-mismatch': 401,
  'not-authenticated/api-key-sessions-not-supported': 401,
  'not-authorized/cannot-login-while-using-key': 403,
  'not-authorized/cross-site-request': 403,
  'not-authorized/contact-admin-for-password-change-help': 403,
  'not-authorized/password-change-not-required': 403,
  'not-authorized/password-change-required': 403,
  'not-authorized/two-factor-authentication-required': 403,
  'not-authorized/user-id-without-site-admin': 403,
  'not-authorized/read-only-session': 403,
  'not-authorized/site-admin-required': 403,
  'not-authorized/api-key-only-for-desktop-app': 403,
  'not-authorized/must-authenticate-with-api-key': 403,
  'not-authorized/reauthentication-failed': 403,
  'not-authorized/reauthentication-needed-action': 403,
  'not-authorized/cant-act-for-other-user': 403,
  'not-authorized/insufficient-permission-for-params': 403,
  'not-found/not-found': 404,
  'not-found/session-not-found': 404,
  'not-found/site-not-found': 404,
  'not-found/user-not-found': 404,
  'not-found/api-key-not-found': 404,
  'processing-failure/model-save-error': 422,
  'processing-failure/failed-to-change-password': 422,
  'rate-limited/too-many-login-attempts': 429,
  'rate-limited/too-many-requests': 429,
  'rate-limited/reauthentication-rate-limited': 429,
  'site-configuration/no-account-for-site': 403,
  'service-unavailable/not-configured': 503,
  'service-unavailable/resolver-unavailable': 503,
  'service-unavailable/storage-unavailable': 503,
  'service-unavailable/unexpected': 503,
} as const

export type ProblemType = keyof typeof problemTypes

/** What can be wrong with a value that was to be saved; the texts for people are in texts/. */
export const modelErrors = [
  'too-many-keys',
  'expires-in-the-past',
  'email-missing',
  'domain-malformed',
  'domain-reserved',
  'domain-taken',
  'domain-unproved',
  'password-hash-too-costly',
  'password-hash-unknown-format',
  'password-holds-name',
  'password-is-breached',
  'password-is-common',
  'password-lacks-letter',
  'password-lacks-mixed',
  'password-lacks-number',
  'password-lacks-special',
  'password-not-confirmed',
  'password-too-short',
  'password-used-before',
  'subdomain-malformed',
  'subdomain-reserved',
  'subdomain-taken',
  'username-is-foreign-address',
  'username-malformed',
  'username-taken',
] as const

export type ModelError = (typeof modelErrors)[number]

/** An error, with what fills the `{name}` places of its text. */
export type ModelFault = ModelError | { error: ModelError; values: Record<string, string> }
