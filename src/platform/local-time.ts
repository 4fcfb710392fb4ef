import { DAY } from './clock.ts'

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
 * NaN for a text that is no such time.
 */
export function momentOf(local: string, timeZone: string | null): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)) return Number.NaN
  const asUtc = Date.parse(`${local}Z`)
  if (Number.isNaN(asUtc)) return Number.NaN
  const ahead = (at: number) => Date.parse(`${localTime(at, timeZone)}Z`) - at
  // The first answer may lie beyond a change of the clocks.
  return asUtc - ahead(asUtc - ahead(asUtc))
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
  const next = Date.parse(`${day}T00:00Z`) + DAY
  if (Number.isNaN(next)) return [Number.NaN, Number.NaN]
  const following = new Date(next).toISOString().slice(0, 10)
  return [momentOf(`${day}T00:00`, timeZone), momentOf(`${following}T00:00`, timeZone) - 1]
}
