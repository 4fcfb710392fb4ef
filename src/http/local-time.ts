import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import * as PlainDateTime from 'temporal-polyfill/fns/PlainDateTime'

/**
 * A moment as the clocks of a time zone show it, such as `2027-01-31T12:00:00`.
 * @param at milliseconds since the Unix epoch
 * @param timeZone UTC where none is known
 */
export function localTime(at: number, timeZone: string | null): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: timeZoneOrUtc(timeZone),
  })
    .format(at)
    .replace(' ', 'T')
}

/**
 * The moment at which the clocks of a time zone show `2027-01-31T12:00`, in milliseconds since the Unix epoch;
 * NaN for a text that is no such time, and for days that no calendar has. Where the clocks skip that time, the
 * moment as long after the change; where they show it twice, the first.
 */
export function momentOf(local: string, timeZone: string | null): number {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/.exec(local) ?? []
  const [year = 0, month = 0, day = 0, ...time] = parts.map((part) => Number(part ?? 0))
  return epochOf(() => {
    const shown = PlainDateTime.create(year, month, day, ...time)
    return PlainDateTime.toZonedDateTime(shown, timeZoneOrUtc(timeZone))
  })
}

/** Whether this platform knows a time zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The time zone that a user named, or UTC: a name that means nothing any more must not end a page or a mail. */
export function timeZoneOrUtc(named: string | null): string {
  return named !== null && isTimeZone(named) ? named : 'UTC'
}

/** The first millisecond of a day such as `2027-01-31`, and the last one; NaN for what is no day. */
export function boundsOfDay(day: string, timeZone: string | null): [first: number, last: number] {
  return [startOfDay(day, 0, timeZone), startOfDay(day, 1, timeZone) - 1]
}

/** Of a day, or of one some days later; that need not be midnight. */
function startOfDay(day: string, later: number, timeZone: string | null): number {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []
  const [year = 0, month = 0, date = 0] = parts.map(Number)
  return epochOf(() => {
    const asked = PlainDate.addDays(PlainDate.create(year, month, date), later)
    return PlainDate.toZonedDateTime(asked, timeZoneOrUtc(timeZone))
  })
}

/** Temporal throws a RangeError for what is on no calendar. */
function epochOf(moment: () => { epochMilliseconds: number }): number {
  try {
    return moment().epochMilliseconds
  } catch (error) {
    if (error instanceof RangeError) return Number.NaN
    throw error
  }
}
