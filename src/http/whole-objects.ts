import * as z from 'zod'
import { notSaved } from '../http/problem.ts'
import type { ParameterShape } from './check-parameters.ts'

const ignored = z.unknown().optional().describe('Ignored: read-only')

/**
 * The parameters of an update. SDKs send the whole object back, so fields that only the server writes are accepted
 * and ignored. Unknown fields are refused.
 */
export function wholeObject<Shape extends ParameterShape>(
  changeable: Shape,
  shown: z.ZodObject,
): z.ZodObject<Shape, z.core.$strict> {
  const others = Object.keys(shown.shape).map((name) => [name, ignored])
  return z.strictObject({ ...Object.fromEntries(others), ...changeable })
}

/** Returns the values that differ from the shown ones. A value that is sent back unchanged is not a change. */
export function withoutEchoes<Sent extends object>(sent: Sent, shown: object): Partial<Sent> {
  const known = new Map<string, unknown>(Object.entries(shown))
  const other = Object.entries(sent).filter(
    ([name, value]) => value !== undefined && known.get(name) !== value,
  )
  return Object.fromEntries(other) as Partial<Sent>
}

/** Refuses, by name, fields that cannot change after an object is created. @throws {Problem} model-save-error */
export function refuseSettled(changed: object, names: readonly string[]): void {
  const settled = Object.keys(changed).filter((name) => names.includes(name))
  if (settled.length > 0)
    throw notSaved(Object.fromEntries(settled.map((name) => [name, ['settled-at-creation']])))
}
