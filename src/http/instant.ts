import * as z from 'zod'
import { boundsOfDay } from './local-time.ts'
import type { ModelFault } from './problem-types.ts'

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

/**
 * Milliseconds since the Unix epoch of a date and time in ISO 8601 with its offset, or of the first moment of
 * a date in UTC; null for an empty text, NaN for anything else.
 */
export function readInstant(text: string): number | null {
  if (text === '') return null
  return instant.safeParse(text).success ? Date.parse(text) : Number.NaN
}

/** What is wrong with a text that readInstant cannot read: it names the day that no calendar has. */
export function whyNoInstant(text: string): ModelFault {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text) ?? []
  if (day === undefined || !Number.isNaN(boundsOfDay(day, null)[0])) return 'instant-malformed'
  return { error: 'day-impossible', values: { day } }
}
