import { needsLogIn, Problem } from '../../http/problem.ts'

/**
 * Returns a problem that the page shows itself. @throws the others: a login that is needed, and missing or broken
 * pages
 */
export function shownProblem(error: unknown): Problem {
  const isShown = error instanceof Problem && error.status < 500 && error.status !== 404
  if (isShown && !needsLogIn(error)) return error
  throw error
}

/** The settings that a problem is about, by their API names. */
export function settingsIn({ details }: Problem): string[] {
  return [...Object.keys(details.modelErrors ?? {}), details.values?.name ?? '']
}

/** Names an invalid value by the label of its field instead of its API name. */
export function withFieldLabel(
  problem: Problem,
  labels: Record<string, { label: string }>,
): Problem {
  const label = labels[problem.details.values?.name ?? '']?.label
  return label === undefined ? problem : new Problem(problem.type, { values: { name: label } })
}
