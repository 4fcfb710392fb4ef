import { isolated } from './bidi.ts'
import { type Language, textsIn } from './languages.ts'
import type { Problem } from './problem.ts'
import type { RequestFacts } from './request-facts.ts'

/** The error object that every official SDK parses, with its text in the caller's language. */
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

/** Whether a browser may be told of a problem at this path by a page: below these, programs ask. */
export function isForPeopleToo(path: string): boolean {
  return !/^\/(api|operator|\.well-known)\//.test(path)
}

/** What goes with a problem, in whatever form it is told. */
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

/** What happened, for people: what is said of fields is more exact than the text of a type that has no place for it. */
export function problemText(problem: Problem, language: Language): string {
  const errors = Object.values(modelErrorTexts(problem, language)).flat().join(' ')
  const text = textsIn(language).problems[problem.type]
  if (errors !== '' && !text.includes('{errors}')) return errors
  return fill(text, { ...isolatedValues(problem.details.values), errors })
}

function modelErrorTexts({ details }: Problem, language: Language): Record<string, string[]> {
  const texts = textsIn(language).modelErrors
  return Object.fromEntries(
    Object.entries(details.modelErrors ?? {}).map(([field, errors]) => [
      field,
      errors.map((fault) =>
        typeof fault === 'string'
          ? texts[fault]
          : fill(texts[fault.error], isolatedValues(fault.values)),
      ),
    ]),
  )
}

function isolatedValues(values: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isolated(value)]))
}

function fill(text: string, values: Record<string, string> = {}): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
}

/** `not-found/code-not-found` → `Code Not Found`. */
function titleOf(type: string): string {
  const words = type.slice(type.indexOf('/') + 1).split('-')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}
