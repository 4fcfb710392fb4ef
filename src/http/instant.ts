import * as z from 'zod'
import { boundsOfDay } from './local-time.ts'
import type { ModelFault } from './problem-types.ts'

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

/** What programs in Go, such as Terraform's provider, send for no time. */
const GO_ZERO = '0001-01-01T00:00:00Z'

/**
 * Reads an ISO 8601 date and time with offset, or a date as its start in UTC, as milliseconds since the Unix epoch;
 * null for empty text and Go's zero time, NaN for anything else.
 */
export function readInstant(text: string): number | null {
  if (text === '' || text === GO_ZERO) return null
  return instant.safeParse(text).success ? Date.parse(text) : Number.NaN
}

/** Says why readInstant cannot read a text, naming a day that does not exist. */
export function whyNoInstant(text: string): ModelFault {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text) ?? []
  if (day === undefined || !Number.isNaN(boundsOfDay(day, null)[0])) return 'instant-malformed'
  return { error: 'day-impossible', values: { day } }
}
