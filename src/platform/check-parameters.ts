import * as z from 'zod'
import { Problem } from './problem.ts'
import type { RawParameters } from './read-parameters.ts'

export type ParameterShape = Record<string, z.ZodType>

/** A text of at most `limit` characters, with no NUL, control character or lone surrogate. */
export function text(limit: number) {
  return z
    .string()
    .max(limit)
    .regex(/^\P{Cc}*$/u)
    .refine((value) => value.isWellFormed())
}

/** An integer that JSON carries exactly. */
export function integer() {
  return z.int()
}

/**
 * Checks parameters against a contract. Unknown ones are dropped; null, and an empty text, count as
 * not sent.
 * @throws {Problem} request-params-required or request-params-invalid, naming the parameter
 */
export function checkParameters<Shape extends ParameterShape>(
  contract: z.ZodObject<Shape>,
  raw: RawParameters,
): z.infer<z.ZodObject<Shape>> {
  const sent: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(contract.shape)) {
    const value = Object.hasOwn(raw.values, name) ? raw.values[name] : undefined
    if (value === undefined || value === null || value === '') continue
    sent[name] = raw.textual ? readTextual(schema, value) : value
  }
  const outcome = contract.safeParse(sent)
  if (outcome.success) return outcome.data
  const path = outcome.error.issues[0]?.path ?? []
  const name = path.join('.')
  throw new Problem(
    Object.hasOwn(sent, String(path[0]))
      ? 'bad-request/request-params-invalid'
      : 'bad-request/request-params-required',
    { values: { name }, reason: `parameter ${name}` },
  )
}

/** A form and a query carry text only: read it as what the contract asks for. */
function readTextual(schema: z.ZodType, value: unknown): unknown {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  if (inner instanceof z.ZodNumber && typeof value === 'string' && /^-?\d{1,16}$/.test(value))
    return Number(value)
  if (inner instanceof z.ZodBoolean && typeof value === 'string')
    return { true: true, '1': true, on: true, false: false, '0': false }[value] ?? value
  return value
}
