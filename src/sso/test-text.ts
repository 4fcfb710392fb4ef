import type { Language } from '../http/languages.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import type { TestResult } from './test-strategy.ts'

/** What came of a test, in words, and by which method the client proved itself, by the name that metadata gives it. */
export function testTextOf({ outcome, authentication }: TestResult, language: Language): string {
  const t = messagesFor(language).admin.ssoTest
  const text = t.outcomes[outcome]
  return authentication === null
    ? text
    : `${text} ${fill(t.authentication, { method: authentication })}`
}
