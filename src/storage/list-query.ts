import { and, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { text } from '../http/check-parameters.ts'
import { invalidParameter } from '../http/problem.ts'

/** A field by which a list can be sorted and filtered. */
export interface ListField {
  /** The expression that is compared. */
  by: SQL
  /** Reads a value as rows store it; undefined if the field has no such value. */
  read: (text: string) => string | number | undefined
  /** The condition for an exact match, if it is not a plain comparison. */
  matches?: (text: string) => SQL
  /** The parameters that support the field. */
  in: readonly ListParameter[]
}

const comparisons = {
  filter: (by: SQL, value: string | number) => sql`${by} = ${value}`,
  // Not LIKE: D1 takes patterns of 50 bytes at most.
  filter_prefix: (by: SQL, value: string | number) =>
    sql`substr(${by}, 1, length(${value})) = ${value}`,
  filter_gt: (by: SQL, value: string | number) => sql`${by} > ${value}`,
  filter_gteq: (by: SQL, value: string | number) => sql`${by} >= ${value}`,
  filter_lt: (by: SQL, value: string | number) => sql`${by} < ${value}`,
  filter_lteq: (by: SQL, value: string | number) => sql`${by} <= ${value}`,
}

type Comparison = keyof typeof comparisons

export type ListParameter = 'sort_by' | Comparison

type Sent = { [Name in ListParameter]?: Record<string, string | undefined> | undefined }

interface ListQuery {
  where: SQL | undefined
  /** Null for the order of ids. */
  order: SQL | null
}

/**
 * The parameters for sorting and filtering a list, as the Files.com API has them: `sort_by[name]=asc`,
 * `filter[name]=Jo`.
 */
export function listParameters(fields: Record<string, ListField>) {
  const named = (parameter: ListParameter, value: z.ZodType<string>) => {
    const names = Object.keys(fields).filter((name) => fields[name]?.in.includes(parameter))
    return z.strictObject(Object.fromEntries(names.map((name) => [name, value.optional()])))
  }
  const known = (Object.keys(comparisons) as Comparison[]).map((parameter) => [
    parameter,
    named(parameter, text(254)).optional().describe(`Such as ${parameter}[name]=value`),
  ])
  const direction = z.enum(['asc', 'desc'])
  return {
    sort_by: named('sort_by', direction)
      .refine((sent) => Object.keys(sent).length <= 1)
      .optional()
      .describe('One field, such as sort_by[name]=asc'),
    ...(Object.fromEntries(known) as Record<
      Comparison,
      z.ZodOptional<z.ZodType<Record<string, string | undefined>>>
    >),
  }
}

/** @throws {Problem} request-params-invalid for a value that the field cannot have */
export function readListQuery(fields: Record<string, ListField>, sent: Sent): ListQuery {
  const conditions = (Object.keys(comparisons) as Comparison[]).flatMap((parameter) =>
    Object.entries(sent[parameter] ?? {}).map(([name, text = '']) => {
      const field = fields[name]
      if (parameter === 'filter' && field?.matches) return field.matches(text)
      const value = field?.read(text)
      if (!field || value === undefined || Number.isNaN(value))
        throw invalidParameter(`${parameter}.${name}`)
      return comparisons[parameter](field.by, value)
    }),
  )
  const [[name, direction] = []] = Object.entries(sent.sort_by ?? {})
  const field = name === undefined ? undefined : fields[name]
  const order = direction === 'desc' ? sql` DESC` : sql` ASC`
  return { where: and(...conditions), order: field ? sql`${field.by}${order}, id` : null }
}
