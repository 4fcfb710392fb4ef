import { fill, messagesFor } from '../messages/messages.ts'
import type { Language } from './languages.ts'
import type { Problem } from './problem.ts'
import type { RequestFacts } from './request-facts.ts'

/** Returns the error object that every official SDK parses, with its text in the client's language. */
export function problemReply(
  problem: Problem,
  request: RequestFacts,
  language: Language,
): Response {
  const { type, status, details } = problem
  const modelErrors = modelErrorTexts(problem, language)
  const errors = Object.values(modelErrors).flat()
  const body = {
    error: problemText(problem, language),
    'http-code': status,
    instance: request.id,
    title: titleOf(type),
    type,
    ...(details.data && { data: details.data }),
    ...(errors.length > 0 && { errors, model_errors: modelErrors }),
  }
  return Response.json(body, { status, headers: problemHeaders(problem, language) })
}

/** Whether a problem at this path may be shown as a page. Below these paths, the clients are programs. */
export function isForPeopleToo(path: string): boolean {
  return !/^\/(api|operator|\.well-known)\//.test(path)
}

/** The headers of a problem, in any format. */
export function problemHeaders(
  { type, details }: Problem,
  language: Language,
): Record<string, string> {
  return {
    'Content-Language': language,
    Vary: 'Accept-Language',
    'X-Files-Error-Class': type,
    ...details.headers,
  }
}

/** Returns the text for people. Messages about fields replace a type's general text. */
export function problemText(problem: Problem, language: Language): string {
  const errors = Object.values(modelErrorTexts(problem, language)).flat().join(' ')
  const { text: other } = problem.details
  const messages = messagesFor(language)
  const text = other ? messages[other] : messages.problems[problem.type]
  if (errors !== '' && !text.includes('{errors}')) return errors
  return fill(text, problem.details.values ?? {}).replace('{errors}', () => errors)
}

function modelErrorTexts({ details }: Problem, language: Language): Record<string, string[]> {
  const texts = messagesFor(language).modelErrors
  return Object.fromEntries(
    Object.entries(details.modelErrors ?? {}).map(([field, errors]) => [
      field,
      errors.map((fault) =>
        typeof fault === 'string' ? texts[fault] : fill(texts[fault.error], fault.values),
      ),
    ]),
  )
}

/** `not-found/code-not-found` → `Code Not Found`. */
function titleOf(type: string): string {
  const words = type.slice(type.indexOf('/') + 1).split('-')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}
