import type { Language } from '../http/languages.ts'
import { timeZoneOrUtc } from '../http/local-time.ts'

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
