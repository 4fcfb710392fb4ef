import { isolated } from '../http/bidi.ts'
import type { Language } from '../http/languages.ts'
import de from './de.json'
import en from './en.json'
import es from './es.json'
import fr from './fr.json'

/** Every text for people, in one language: the English file says which there are. */
export type Messages = typeof en

const messages: Record<Language, Messages> = { en, de, es, fr }

export function messagesFor(language: Language): Messages {
  return messages[language]
}

/**
 * A text with its `{name}` places filled. A value is isolated, so that a name from right to left leaves the sentence
 * around it where it is.
 */
export function fill(text: string, values: Record<string, string>): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name]
    return value === undefined ? place : isolated(value)
  })
}
