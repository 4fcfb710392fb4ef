import { type Language, supportedLanguage } from '../http/languages.ts'
import type { Account } from '../users/account.ts'

/** The language of an email: the user's, the site's, or the one that the request asked for. */
export function mailLanguage({ user, site }: Account, requestedLanguage?: string): Language {
  const own = supportedLanguage(user.language) ?? supportedLanguage(site.language)
  return own ?? supportedLanguage(requestedLanguage) ?? 'en'
}
