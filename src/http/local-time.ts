import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import * as PlainDateTime from 'temporal-polyfill/fns/PlainDateTime'
import * as z from 'zod'
import type { Language } from './languages.ts'
import type { ModelFault } from './problem.ts'
import { timeZoneNamed } from './time-zones.ts'

/**
 * Returns a time as the clocks of a time zone show it, such as `2027-01-31T12:00:00`.
 * @param at milliseconds since the Unix epoch
 * @param timeZone UTC if null
 */
export function localTime(at: number, timeZone: string | null): string {
  // Swedish dates have the format of ISO 8601.
  return new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: timeZoneOrUtc(timeZone),
  })
    .format(at)
    .replace(' ', 'T')
}

/**
 * Returns the time at which the clocks of a time zone show `2027-01-31T12:00`, in milliseconds since the Unix epoch;
 * NaN if the text is malformed or the day does not exist. If the clocks skip that time, returns the time as long
 * after the change; if they show it twice, the first.
 */
export function momentOf(local: string, timeZone: string | null): number {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/.exec(local) ?? []
  const [year = 0, month = 0, day = 0, ...time] = parts.map((part) => Number(part ?? 0))
  return epochOf(() => {
    const shown = PlainDateTime.create(year, month, day, ...time)
    return PlainDateTime.toZonedDateTime(shown, timeZoneOrUtc(timeZone))
  })
}

/** The user's time zone, or UTC, so that a name that no longer exists breaks no page or email. */
function timeZoneOrUtc(named: string | null): string {
  return (named === null ? null : timeZoneNamed(named)) ?? 'UTC'
}

/** The first and the last millisecond of a day such as `2027-01-31`; NaN if it does not exist. */
export function boundsOfDay(day: string, timeZone: string | null): [first: number, last: number] {
  return [startOfDay(day, 0, timeZone), startOfDay(day, 1, timeZone) - 1]
}

/** The start of a day, which need not be midnight, `later` days after it. */
function startOfDay(day: string, later: number, timeZone: string | null): number {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []
  const [year = 0, month = 0, date = 0] = parts.map(Number)
  return epochOf(() => {
    const day = PlainDate.addDays(PlainDate.create(year, month, date), later)
    return PlainDate.toZonedDateTime(day, timeZoneOrUtc(timeZone))
  })
}

/** Temporal throws a RangeError for dates that do not exist. */
function epochOf(moment: () => { epochMilliseconds: number }): number {
  try {
    return moment().epochMilliseconds
  } catch (error) {
    if (error instanceof RangeError) return Number.NaN
    throw error
  }
}

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

/**
 * Returns a date and time as a message shows it.
 * @param at milliseconds since the Unix epoch
 * @param timeZone the reader's; UTC if unknown
 */
export function spelledDate(language: Language, at: number, timeZone: string | null): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'long',
    timeZone: timeZoneOrUtc(timeZone),
  }).format(at)
}
