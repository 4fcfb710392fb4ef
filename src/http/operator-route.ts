import type { ParameterShape } from './check-parameters.ts'
import {
  type Access,
  type Call,
  type DeclaredContract,
  type Endpoint,
  type Reply,
  type Route,
  route,
} from './route.ts'

/** The operator of the service, who sends OPERATOR_TOKEN. Users' sessions and keys do not count. */
const operator: Access<undefined> = {
  name: 'operator',
  security: [{ operatorToken: [] }],
  problems: [
    'not-authenticated/authentication-required',
    'not-authenticated/invalid-credentials',
    'service-unavailable/storage-unavailable',
  ],
}

/** Declares a route of the operator's API. */
export function operatorRoute<Shape extends ParameterShape>(
  { endpoint, ...contract }: Omit<DeclaredContract<Shape, undefined>, 'base' | 'access'>,
  answer: (call: Call<Shape, undefined>) => Promise<Reply> | Reply,
): Route {
  const below = endpoint.replace(' ', ' /operator/v1') as Endpoint
  return route({ ...contract, endpoint: below, base: false, access: operator }, answer)
}
