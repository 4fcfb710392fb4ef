import type { Language } from '../platform/languages.ts'

/** A moment as a message names it, in UTC. @param at milliseconds since the Unix epoch */
export function spelledDate(language: Language, at: number): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'long',
    timeZone: 'UTC',
  }).format(at)
}
