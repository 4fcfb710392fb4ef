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

/** What a form of settings shows again after a refusal. @throws what shownProblem throws */
export function refusedForm<Values>(
  error: unknown,
  values: Values,
  labels: Record<string, { label: string }>,
) {
  const problem = shownProblem(error)
  const { modelErrors, values: named } = problem.details
  const wrong = [...Object.keys(modelErrors ?? {}), named?.name ?? '']
  return { problem: withFieldLabel(problem, labels), values, wrong }
}

/** Names an invalid value by the label of its field instead of its API name. */
function withFieldLabel(problem: Problem, labels: Record<string, { label: string }>): Problem {
  const label = labels[problem.details.values?.name ?? '']?.label
  return label === undefined ? problem : new Problem(problem.type, { values: { name: label } })
}
