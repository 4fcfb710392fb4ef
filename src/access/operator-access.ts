import type { Access } from '../http/route.ts'

/** The operator of the service, who sends OPERATOR_TOKEN. Users' sessions and keys do not count. */
export const operator: Access<undefined> = {
  name: 'operator',
  security: [{ operatorToken: [] }],
  problems: [
    'not-authenticated/authentication-required',
    'not-authenticated/invalid-credentials',
    'service-unavailable/storage-unavailable',
  ],
}
