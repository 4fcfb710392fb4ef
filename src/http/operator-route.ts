import { operator } from '../access/operator-access.ts'
import type { ParameterShape } from './check-parameters.ts'
import { type Call, type DeclaredContract, type Reply, type Route, route } from './route.ts'

/** Declares a route of the operator's API. */
export function operatorRoute<Shape extends ParameterShape>(
  { path, ...contract }: Omit<DeclaredContract<Shape, undefined>, 'base' | 'access'>,
  answer: (call: Call<Shape, undefined>) => Promise<Reply> | Reply,
): Route {
  return route({ ...contract, path: `/operator/v1${path}`, base: false, access: operator }, answer)
}
