import type * as z from 'zod'
import { recordsOf } from '../storage/packed-row.ts'

/** Settings that are stored as they are sent, by API name: their column in `Row`, and their allowed values. */
export type PlainSettings<Row> = Record<string, { column: keyof Row & string; schema: z.ZodType }>

type Schemas<Settings extends PlainSettings<never>> = {
  [Name in keyof Settings]: Settings[Name]['schema']
}

export function schemasOf<Settings extends PlainSettings<never>>(settings: Settings) {
  const schemas = Object.entries(settings).map(([name, { schema }]) => [name, schema])
  return Object.fromEntries(schemas) as Schemas<Settings>
}

/** Every schema of a shape, optional. */
export function optional<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const optionals = Object.entries(shape).map(([name, schema]) => [name, schema.optional()])
  return Object.fromEntries(optionals) as { [Name in keyof Shape]: z.ZodOptional<Shape[Name]> }
}

/** Returns a function that shows a row's settings as the API does. */
export function viewOf<Row, Settings extends PlainSettings<Row>>(settings: Settings) {
  const columns = Object.values(settings).map(({ column }) => column)
  const record = recordsOf(Object.keys(settings))
  return (row: Row) =>
    record(columns.map((column) => row[column])) as z.infer<z.ZodObject<Schemas<Settings>>>
}

/** What was sent, by columns. */
export function columnsSent<Row>(
  settings: PlainSettings<Row>,
  sent: Record<string, unknown>,
): Partial<Row> {
  const columns = Object.entries(settings).flatMap(([name, { column }]) =>
    sent[name] === undefined ? [] : [[column, sent[name]]],
  )
  return Object.fromEntries(columns)
}
