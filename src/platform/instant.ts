import * as z from 'zod'

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

/**
 * Milliseconds since the Unix epoch of a date and time in ISO 8601 with its offset, or of the first moment of
 * a date in UTC; null for an empty text, NaN for anything else.
 */
export function readInstant(text: string): number | null {
  if (text === '') return null
  return instant.safeParse(text).success ? Date.parse(text) : Number.NaN
}
