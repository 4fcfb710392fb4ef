import { needsLogIn, Problem } from '../../http/problem.ts'

/** What a page itself tells; a login that is due, and what is not there or broken, have pages of their own. @throws whatever else */
export function shownProblem(error: unknown): Problem {
  const isTold = error instanceof Problem && error.status < 500 && error.status !== 404
  if (isTold && !needsLogIn(error)) return error
  throw error
}

/** The settings that a problem is about, as the API calls them. */
export function settingsIn({ details }: Problem): string[] {
  return [...Object.keys(details.modelErrors ?? {}), details.values?.name ?? '']
}

/** A value that cannot be is told by the label of its field, not by the name that the API has for it. */
export function withFieldLabel(
  problem: Problem,
  labels: Record<string, { label: string }>,
): Problem {
  const label = labels[problem.details.values?.name ?? '']?.label
  return label === undefined ? problem : new Problem(problem.type, { values: { name: label } })
}
