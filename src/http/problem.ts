import type { Messages } from '../messages/messages.ts'

/** Every error of this service by its machine name, as in the Files.com API: the keys of the English texts. */
export type ProblemType = keyof Messages['problems']

/** The errors of single values, likewise. */
export type ModelError = keyof Messages['modelErrors']

/** An error, with the values for the `{name}` places of its text. */
export type ModelFault = ModelError | { error: ModelError; values: Record<string, string> }

type GroupOf<Type> = Type extends `${infer Group}/${string}` ? Group : never

const statuses: Record<GroupOf<ProblemType>, number> = {
  'bad-request': 400,
  'not-authenticated': 401,
  'not-authorized': 403,
  'site-configuration': 403,
  'not-found': 404,
  'processing-failure': 422,
  'rate-limited': 429,
  'service-unavailable': 503,
}

/** The HTTP status of an error, which its group decides. */
export function statusOf(type: ProblemType): number {
  if (type === 'bad-request/method-not-allowed') return 405
  return statuses[type.slice(0, type.indexOf('/')) as GroupOf<ProblemType>]
}

interface ProblemDetails {
  /** The reason, for the log and the login history. Never sent to the client. */
  reason?: string
  /** Values for the `{name}` places of the text. */
  values?: Record<string, string>
  /** Replaces the text of the type. */
  text?: 'notServed'
  /** Machine-readable details, sent as `data`. */
  data?: Record<string, unknown>
  /** The errors of each field, for model-save-error. */
  modelErrors?: Record<string, ModelFault[]>
  /** Replaces the type's own status. */
  status?: 413 | 415
  headers?: Record<string, string>
}

/** A refusal or failure that ends the request and that the client is told about. */
export class Problem extends Error {
  readonly type: ProblemType
  readonly details: ProblemDetails

  constructor(type: ProblemType, details: ProblemDetails = {}) {
    super(details.reason || type)
    this.name = 'Problem'
    this.type = type
    this.details = details
  }

  get status(): number {
    return this.details.status ?? statusOf(this.type)
  }
}

/** The problem of a caller whose credentials are not accepted. @param reason for the log */
export function invalidCredentials(reason: string): Problem {
  return new Problem('not-authenticated/invalid-credentials', { reason })
}

/** The problem of a parameter that cannot be what was sent. @param reason for the log */
export function invalidParameter(name: string, reason = ''): Problem {
  return new Problem('bad-request/request-params-invalid', { values: { name }, reason })
}

/** The problem of a parameter that is needed here. @param reason for the log */
export function missingParameter(name: string, reason = ''): Problem {
  return new Problem('bad-request/request-params-required', { values: { name }, reason })
}

/** The problem of an object that cannot be saved as it was sent: what is wrong, by field. */
export function notSaved(modelErrors: Record<string, ModelFault[]>): Problem {
  // The log does not say what is wrong with a password, only with the hash of one.
  const fields = Object.entries(modelErrors).filter(
    ([field]) => field === 'imported_password_hash' || !field.includes('password'),
  )
  const faults = fields.flatMap(([, errors]) => errors)
  const reason = faults.map((fault) => (typeof fault === 'string' ? fault : fault.error)).join(', ')
  return new Problem('processing-failure/model-save-error', { reason, modelErrors })
}

/** The problem that an error is or was caused by. Drizzle wraps what a binding throws. */
export function problemWithin(error: unknown, depth = 5): Problem | null {
  if (error instanceof Problem) return error
  return error instanceof Error && depth > 1 ? problemWithin(error.cause, depth - 1) : null
}

/** Whether a page leads to the login page for this problem, which also asks for a new password if one is due. */
export function needsLogIn({ type }: Problem): boolean {
  return (
    type === 'not-authorized/reauthentication-needed-action' ||
    type === 'not-authorized/password-change-required'
  )
}
