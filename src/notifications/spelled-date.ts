import type { Language } from '../http/languages.ts'
import { timeZoneOrUtc } from '../http/local-time.ts'

/**
 * A moment as a message names it.
 * @param at milliseconds since the Unix epoch
 * @param timeZone the reader's; UTC where none is known
 */
export function spelledDate(language: Language, at: number, timeZone: string | null): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'long',
    timeZone: timeZoneOrUtc(timeZone),
  }).format(at)
}
