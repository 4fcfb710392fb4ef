import type { Access } from '../http/route.ts'

/** Who runs the service: the bearer of OPERATOR_TOKEN. Sessions and keys of users do not count. */
export const operator: Access<undefined> = {
  name: 'operator',
  security: [{ operatorToken: [] }],
  problems: [
    'not-authenticated/authentication-required',
    'not-authenticated/invalid-credentials',
    'service-unavailable/storage-unavailable',
  ],
}
