import { type AdminMessages, adminMessagesFor } from '../../messages/admin-messages.ts'
import { useLanguage } from '../language.ts'

/** The texts of admin pages, in the language of the page. */
export function useAdminMessages(): AdminMessages {
  return adminMessagesFor(useLanguage())
}
