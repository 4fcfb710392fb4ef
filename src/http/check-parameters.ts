import * as z from 'zod'
import { hasBidiControls } from './bidi.ts'
import { readBoolean } from './boolean-words.ts'
import { invalidParameter, Problem } from './problem.ts'
import type { RawParameters } from './read-parameters.ts'

export type ParameterShape = Record<string, z.ZodType>

/** A text of at most `limit` characters, without NUL, control characters or lone surrogates. */
export const text = once((limit: number) =>
  z
    .string()
    .max(limit)
    .regex(/^\P{Cc}*$/u)
    .refine((value) => value.isWellFormed()),
)

/** A name that is shown in sentences, without characters that reorder a line. */
export const nameText = once((limit: number) =>
  text(limit).refine((value) => !hasBidiControls(value)),
)

/** The same, or empty. */
export const clearableNameText = once((limit: number) => clearing(nameText(limit)))

/** A text, or an empty one that clears the value. */
export const clearableText = once((limit: number) => clearing(text(limit)))

/** The same, of several lines. */
export const clearableLines = once((limit: number) =>
  clearing(
    z
      .string()
      .max(limit)
      .regex(/^[\P{Cc}\r\n]*$/u)
      .refine((value) => value.isWellFormed()),
  ),
)

/** Marks a copy of a schema, whose empty value is not taken for an absent one. */
function clearing(schema: z.ZodString): z.ZodString {
  const copy = schema.clone()
  clearable.add(copy)
  return copy
}

const clearable = new WeakSet<z.ZodType>()

/** Caches schemas, because they are slow to make and an isolate would make hundreds at its start. */
function once<Schema>(make: (limit: number) => Schema): (limit: number) => Schema {
  const made = new Map<number, Schema>()
  return (limit) => {
    const schema = made.get(limit) ?? make(limit)
    made.set(limit, schema)
    return schema
  }
}

/** Parameters of the Files.com API that are refused here: the reason, and their names separated by spaces. */
export function refused(
  reasons: Record<string, string>,
): Record<string, z.ZodOptional<z.ZodNever>> {
  const known = Object.entries(reasons).flatMap(([reason, names]) => {
    const schema = z.never().optional().describe(`Refused: ${reason}`)
    return names.split(/\s+/).map((name) => [name, schema] as const)
  })
  return Object.fromEntries(known)
}

/** An integer that JSON represents exactly. */
export function integer() {
  return z.int()
}

/**
 * Checks parameters against a contract. Unknown ones are dropped, or refused if the contract is strict. Null and
 * empty text count as absent, unless empty text clears the value. JSON takes precedence over the query.
 * @throws {Problem} request-params-required or request-params-invalid, naming the parameter
 */
export function checkParameters<Shape extends ParameterShape>(
  contract: z.ZodObject<Shape>,
  raw: RawParameters,
): z.infer<z.ZodObject<Shape>> {
  if (contract.def.catchall instanceof z.ZodNever) refuseUnknown(contract, raw)
  const sent: Record<string, unknown> = Object.create(null)
  for (const [name, schema] of Object.entries(contract.shape)) {
    const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema
    const value = sentIn(raw.values, name) ?? readTextual(inner, sentIn(raw.texts, name))
    if (value !== undefined && (value !== '' || mayBeEmpty(inner))) sent[name] = value
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

/** Unknown parameters must not be dropped here: a key that was meant to be narrow would become wide. */
function refuseUnknown({ shape }: z.ZodObject<ParameterShape>, { texts, values }: RawParameters) {
  const sent = [...Object.entries(values), ...Object.entries(texts)]
  const unknown = sent.find(([name, value]) => !Object.hasOwn(shape, name) && value !== null)
  if (!unknown) return
  const name = unknown[0].slice(0, LONGEST_NAME).toWellFormed()
  throw invalidParameter(name, 'an unknown parameter')
}

const LONGEST_NAME = 64

function mayBeEmpty(schema: unknown): boolean {
  const options: readonly unknown[] = schema instanceof z.ZodUnion ? schema.options : [schema]
  return options.some((one) => clearable.has(one as z.ZodType))
}

function sentIn(parameters: Record<string, unknown>, name: string): unknown {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  return value === null ? undefined : value
}

/** Forms and queries carry only text, which is read as the type that the contract asks for. */
function readTextual(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodNumber && typeof value === 'string' && isNumber(value))
    return Number(value)
  if (schema instanceof z.ZodBoolean && typeof value === 'string')
    return readBoolean(value) ?? value
  return value
}

/** `1`, `-1`, `0.5`; not `1.0`. */
function isNumber(text: string): boolean {
  return /^-?\d{1,16}$/.test(text) || /^-?\d{1,9}\.\d{0,5}[1-9]$/.test(text)
}
