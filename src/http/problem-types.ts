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
